/* What a power cut leaves: writes that no sync has followed are not on the disk.
 *
 *     UNSYNCED_LOG=file LD_PRELOAD=unsynced.so program
 *
 * Each write, truncation and sync of a file whose name begins with UNSYNCED_PREFIX goes into the
 * log, in order, with its bytes; whoever replays it decides where the power went and which writes
 * since the last sync of a file were lost.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static FILE *out;

static const char *name_of(int fd, char *path) {
    char link[64];
    const char *prefix = getenv("UNSYNCED_PREFIX");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    if (length < 0 || !prefix || !getenv("UNSYNCED_LOG")) return NULL;
    path[length] = 0;
    return strncmp(path, prefix, strlen(prefix)) ? NULL : path;
}

static void say(char kind, int fd, const void *bytes, size_t count, off_t offset) {
    char path[4096];
    if (!name_of(fd, path)) return;
    pthread_mutex_lock(&door);
    if (!out) out = fopen(getenv("UNSYNCED_LOG"), "ab");
    fprintf(out, "%c %lld %zu %s\n", kind, (long long)offset, bytes ? count : 0, path);
    if (bytes) fwrite(bytes, 1, count, out);
    fflush(out);
    pthread_mutex_unlock(&door);
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    ssize_t done = real(fd, bytes, count, offset);
    if (done > 0) say('w', fd, bytes, (size_t)done, offset);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return pwrite64(fd, bytes, count, offset);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    off_t offset = fd > 2 ? lseek(fd, 0, SEEK_CUR) : -1;
    ssize_t done = real(fd, bytes, count);
    if (done > 0 && offset >= 0) say('w', fd, bytes, (size_t)done, offset);
    return done;
}

int ftruncate64(int fd, off64_t length) {
    REAL(int, "ftruncate64", int, off64_t);
    int done = real(fd, length);
    if (!done) say('t', fd, NULL, 0, length);
    return done;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    int done = real(path);
    const char *prefix = getenv("UNSYNCED_PREFIX");
    if (!done && prefix && getenv("UNSYNCED_LOG") && !strncmp(path, prefix, strlen(prefix))) {
        pthread_mutex_lock(&door);
        if (!out) out = fopen(getenv("UNSYNCED_LOG"), "ab");
        fprintf(out, "d 0 0 %s\n", path);
        fflush(out);
        pthread_mutex_unlock(&door);
    }
    return done;
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    int done = real(fd);
    if (!done) say('s', fd, NULL, 0, 0);
    return done;
}

int fsync(int fd) {
    REAL(int, "fsync", int);
    int done = real(fd);
    if (!done) say('s', fd, NULL, 0, 0);
    return done;
}
