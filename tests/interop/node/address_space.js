// The nodes of the machine, and the companion models that node-opcua ships: a machine of
// OPC 40001-1 with its item state and operation mode.
"use strict";

const { DataType, StatusCodes, Variant, coerceLocalizedText } = require("node-opcua");
const { TYPES } = require("./machine");

const URI = "urn:taktline:interop";
const MACHINERY = "http://opcfoundation.org/UA/Machinery/";
const ITEM_STATES = ["NotAvailable", "OutOfService", "NotExecuting", "Executing"];
const WRITABLE = new Set(["order_setpoint", "target_setpoint", "command"]);

function build(addressSpace, machine, variables) {
  const own = addressSpace.registerNamespace(URI);
  const folder = own.addObject({ browseName: "Press1", organizedBy: addressSpace.rootFolder.objects });
  for (const [tag, [dataType]] of Object.entries(TYPES)) {
    own.addVariable({
      nodeId: `s=${tag}`,
      browseName: tag,
      componentOf: folder,
      dataType,
      accessLevel: WRITABLE.has(tag) ? "CurrentRead | CurrentWrite" : "CurrentRead",
      minimumSamplingInterval: 10,
      value: {
        get: () => new Variant({ dataType, value: machine.values[tag] }),
        set: (variant) => {
          machine.writes.push([tag, variant.value]);
          machine.values[tag] = variant.value;
          return StatusCodes.Good;
        },
      },
    });
  }
  const itemState = machineryItem(addressSpace, own);
  return { namespace: own.index, itemState, variables: many(addressSpace, own, variables) };
}

// A machine with the building blocks of OPC 40001-1.
function machineryItem(addressSpace, own) {
  const index = addressSpace.getNamespaceIndex(MACHINERY);
  const machine = own.addObject({
    browseName: "Machine1",
    organizedBy: addressSpace.rootFolder.objects.getFolderElementByName("Machines", index)
      || addressSpace.rootFolder.objects,
  });
  const blocks = own.addObject({
    browseName: { name: "MachineryBuildingBlocks", namespaceIndex: index },
    typeDefinition: "FolderType",
    componentOf: machine,
  });
  const type = addressSpace.findObjectType("MachineryItemState_StateMachineType", index);
  const state = type.instantiate({
    browseName: { name: "MachineryItemState", namespaceIndex: index },
    componentOf: blocks,
    namespace: own,
    optionals: ["CurrentState.Number"],
  });
  return state.currentState;
}

function showItemState(currentState, number) {
  const name = ITEM_STATES[number];
  const text = coerceLocalizedText(name);
  currentState.setValueFromSource({ dataType: DataType.LocalizedText, value: text });
  const told = currentState.getComponentByName("Number") || currentState.getPropertyByName("Number");
  if (told) told.setValueFromSource({ dataType: DataType.UInt32, value: number });
  return told ? told.nodeId.toString() : "";
}

// Variables for a load; each value is a sequence number, so that a lost one is seen.
function many(addressSpace, own, count) {
  const folder = own.addObject({ browseName: "Load", organizedBy: addressSpace.rootFolder.objects });
  return Array.from({ length: count }, (_, at) =>
    own.addVariable({
      nodeId: `s=V${at}`,
      browseName: `V${at}`,
      componentOf: folder,
      dataType: DataType.UInt32,
      minimumSamplingInterval: 0,
      value: new Variant({ dataType: DataType.UInt32, value: 0 }),
    }),
  );
}

module.exports = { build, showItemState };
