/* A Modbus device spoken by libmodbus, which nobody here wrote.

   device tcp PORT    a server on the loopback
   device rtu LINK    a slave on a pty of its own; LINK becomes a symlink to the other end

   Lines on standard input, each answered with one line:
     set ADDRESS WORD...   holding registers from ADDRESS, all before the next request
     get ADDRESS COUNT     what they hold now
     drop                  close all connections; on a serial line, say nothing for one request
   It ends with its input. */
#define _XOPEN_SOURCE 600
#include <fcntl.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

static modbus_t *line;
static modbus_mapping_t *registers;
static fd_set watched;
static int listening = -1, deaf = 0;

static void drop(void) {
    if (listening < 0) {
        deaf = 1;
        return;
    }
    for (int fd = 3; fd < FD_SETSIZE; fd++)
        if (fd != listening && FD_ISSET(fd, &watched)) {
            close(fd);
            FD_CLR(fd, &watched);
        }
}

static void obey(char *text) {
    char *word = strtok(text, " \n");
    if (word && strcmp(word, "set") == 0) {
        int at = atoi(strtok(NULL, " \n"));
        while ((word = strtok(NULL, " \n"))) registers->tab_registers[at++] = atoi(word);
        puts("ok");
    } else if (word && strcmp(word, "get") == 0) {
        int at = atoi(strtok(NULL, " \n")), count = atoi(strtok(NULL, " \n"));
        while (count--) printf("%d ", registers->tab_registers[at++]);
        puts("");
    } else {
        drop();
        puts("ok");
    }
    fflush(stdout);
}

static void serve(int fd) {
    uint8_t query[MODBUS_MAX_ADU_LENGTH];
    modbus_set_socket(line, fd);
    int length = modbus_receive(line, query);
    if (length > 0 && deaf)
        deaf = 0;
    else if (length > 0)
        modbus_reply(line, query, length, registers);
    else if (length < 0 && listening >= 0) {
        close(fd);
        FD_CLR(fd, &watched);
    }
}

static int open_tcp(const char *port) {
    line = modbus_new_tcp("127.0.0.1", atoi(port));
    return listening = modbus_tcp_listen(line, 10);
}

/* libmodbus opens the master of a new pty; we hold its other end open, so that it never hangs up. */
static int open_rtu(const char *link) {
    line = modbus_new_rtu("/dev/ptmx", 115200, 'N', 8, 1);
    modbus_set_slave(line, 1);
    if (modbus_connect(line) < 0) return -1;
    int fd = modbus_get_socket(line);
    if (grantpt(fd) < 0 || unlockpt(fd) < 0) return -1;
    if (open(ptsname(fd), O_RDWR | O_NOCTTY) < 0) return -1;
    unlink(link);
    return symlink(ptsname(fd), link) < 0 ? -1 : fd;
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    registers = modbus_mapping_new(16, 16, 256, 256);
    int first = strcmp(argv[1], "rtu") == 0 ? open_rtu(argv[2]) : open_tcp(argv[2]);
    if (first < 0) {
        perror(argv[2]);
        return 1;
    }
    FD_ZERO(&watched);
    FD_SET(first, &watched);
    FD_SET(0, &watched);
    printf("ready %s\n", LIBMODBUS_VERSION_STRING);
    fflush(stdout);
    char text[4096];
    for (;;) {
        fd_set ready = watched;
        if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0) return 1;
        for (int fd = 0; fd < FD_SETSIZE; fd++) {
            if (!FD_ISSET(fd, &ready) || !FD_ISSET(fd, &watched)) continue;
            if (fd == 0) {
                if (!fgets(text, sizeof text, stdin)) return 0;
                obey(text);
            } else if (fd == listening) {
                int more = modbus_tcp_accept(line, &listening);
                if (more >= 0) FD_SET(more, &watched);
            } else
                serve(fd);
        }
    }
}
