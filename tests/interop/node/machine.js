// What the machine really did, and what its controller shows of it. It goes on while the OPC UA
// server in front of it is down, as a real controller does.
"use strict";

const { DataType } = require("node-opcua");

const TYPES = {
  good: [DataType.UInt16, 0],
  reject: [DataType.UInt16, 0],
  total: [DataType.UInt32, 0],
  order: [DataType.UInt32, 1001010],
  state: [DataType.UInt16, 6],
  mode: [DataType.UInt16, 1],
  fault: [DataType.UInt16, 0],
  boot: [DataType.UInt16, 1],
  order_setpoint: [DataType.UInt32, 0],
  target_setpoint: [DataType.UInt32, 0],
  command: [DataType.UInt16, 0],
};
const MODULUS = { good: 2 ** 16, reject: 2 ** 16, total: 2 ** 32 };

class Machine {
  constructor() {
    this.values = Object.fromEntries(Object.entries(TYPES).map(([tag, [, value]]) => [tag, value]));
    this.truth = { good: 0, reject: 0 };
    this.writes = [];
    this.item_state = 3;
  }

  // Pieces leave the press: every counter of them moves at once, and wraps where it must.
  make({ good = 0, reject = 0 }) {
    this.truth.good += good;
    this.truth.reject += reject;
    const more = { good, reject, total: good + reject };
    for (const [tag, by] of Object.entries(more)) {
      this.values[tag] = (this.values[tag] + by) % MODULUS[tag];
    }
  }

  // A cold start: the boot counter moves, counters keep their value only if they are retentive.
  boot({ retentive = false }) {
    this.values.boot += 1;
    if (!retentive) this.reset();
  }

  // Somebody pressed the reset button of the counters.
  reset() {
    for (const tag of Object.keys(MODULUS)) this.values[tag] = 0;
  }
}

module.exports = { Machine, TYPES };
