// Changes all variables in turn, `rate` changes a second for `seconds`, and tells what it did.
"use strict";

const { DataType } = require("node-opcua");

const TICK_MS = 10;

class Load {
  constructor(variables) {
    this.variables = variables;
    this.sequence = 0; // changes so far; the variable at `n % count` holds `floor(n / count) + 1`
    this.timer = null;
    this.late = 0;
  }

  start({ rate, seconds }) {
    const began = process.hrtime.bigint();
    const first = this.sequence;
    const due = () => {
      const passed = Math.min(Number(process.hrtime.bigint() - began) / 1e9, seconds);
      return first + Math.floor(passed * rate);
    };
    const last = first + rate * seconds;
    this.stop();
    this.timer = setInterval(() => {
      const now = due();
      this.late = Math.max(this.late, now - this.sequence - (rate * TICK_MS) / 1000);
      while (this.sequence < now) this.change();
      if (this.sequence >= last) this.stop();
    }, TICK_MS);
  }

  change() {
    const count = this.variables.length;
    const value = Math.floor(this.sequence / count) + 1;
    this.variables[this.sequence % count].setValueFromSource({ dataType: DataType.UInt32, value });
    this.sequence += 1;
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
  }

  get told() {
    return { changes: this.sequence, running: this.timer !== null, late: Math.round(this.late) };
  }
}

module.exports = { Load };
