// An OPC UA server that nobody here wrote, with a machine behind it. One JSON object a line on
// standard input tells it what to do, one JSON object a line answers; it ends with its input.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const opcua = require("node-opcua");
const { build, showItemState } = require("./address_space");
const { Load } = require("./load");
const { Machine } = require("./machine");

const { MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy } = opcua;
const APPLICATION = "urn:taktline:interop:server";
const USERS = { taktline: "secret" };
const machine = new Machine();
let server = null;
let space = null;
let load = null;
let settings = {};

// The library's own would name this machine by its name alone; clients come by its address.
async function certificate(manager) {
  await manager.initialize();
  const file = path.join(manager.rootDir, "interop.pem");
  if (!fs.existsSync(file)) {
    await manager.createSelfSignedCertificate({
      applicationUri: APPLICATION,
      dns: ["localhost"],
      ip: ["127.0.0.1"],
      subject: "/CN=node-opcua",
      startDate: new Date(Date.now() - 3600 * 1000),
      validity: 365,
      outputFile: file,
    });
  }
  return file;
}

async function start({ port, pki, variables = 0 }) {
  settings = { port, pki, variables };
  const certificates = (name) =>
    new OPCUACertificateManager({
      automaticallyAcceptUnknownCertificate: true,
      rootFolder: path.join(pki, name),
    });
  const own = certificates("server");
  server = new OPCUAServer({
    port,
    hostname: "127.0.0.1",
    serverInfo: { applicationUri: APPLICATION },
    certificateFile: await certificate(own),
    nodesets: ["standard", "di", "ia", "machinery"].map((name) => opcua.nodesets[name]),
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [
      SecurityPolicy.None,
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    serverCertificateManager: own,
    userCertificateManager: certificates("users"),
    userManager: { isValidUser: (name, password) => USERS[name] === password },
    allowAnonymous: true,
    disableDiscovery: true,
    // 0: every change is told; else those within one interval are told as one.
    serverCapabilities: { maxSessions: 100, maxSubscriptions: 100, minSupportedSampleRate: 0 },
    maxConnectionsPerEndpoint: 100,
  });
  await server.initialize();
  space = build(server.engine.addressSpace, machine, variables);
  load = new Load(space.variables);
  const number = showItemState(space.itemState, machine.item_state);
  await server.start();
  const item = space.itemState;
  return {
    namespace: space.namespace,
    version: require("node-opcua/package.json").version,
    certificate: server.getCertificate().toString("base64"),
    current_state: item.nodeId.toString(),
    current_state_number: number,
  };
}

async function stop() {
  load.stop();
  const ending = server;
  server = null;
  await ending.shutdown(0);
  return {};
}

const COMMANDS = {
  start,
  stop,
  again: () => start(settings),
  drop: () => {
    for (const endpoint of server.endpoints) endpoint.abruptlyInterruptChannels();
    return {};
  },
  make: (pieces) => void machine.make(pieces),
  boot: (how) => void machine.boot(how),
  reset: () => void machine.reset(),
  show: (values) => void Object.assign(machine.values, values),
  item_state: ({ number }) => {
    machine.item_state = number;
    showItemState(space.itemState, number);
  },
  truth: () => ({ ...machine.truth, values: machine.values, writes: machine.writes }),
  load: (how) => void load.start(how),
  loaded: () => load.told,
  sessions: () => ({ sessions: server.engine.currentSessionCount }),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { cpu: (user + system) / 1e6, rss: process.memoryUsage().rss };
  },
};

async function answer(line) {
  const { do: name, ...how } = JSON.parse(line);
  if (!(name in COMMANDS)) throw new Error(`no command ${name}`);
  return (await COMMANDS[name](how)) || {};
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let told;
    try {
      told = await answer(line);
    } catch (error) {
      told = { error: String(error.stack || error) };
    }
    process.stdout.write(`@${JSON.stringify(told)}\n`); // the library writes there too
  }
  process.exit(0);
}

main();
