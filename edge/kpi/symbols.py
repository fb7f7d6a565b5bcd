"""The elements under the abbreviations of ISO 22400-2, to write formulas with."""

from edge.domain.hours import HOUR
from edge.kpi.formula import constant, symbol

PBT = symbol("PBT", "planned_busy_time", "us")
APT = symbol("APT", "actual_production_time", "us")
ASUT = symbol("ASUT", "actual_unit_setup_time", "us")
ADET = symbol("ADET", "actual_unit_delay_time", "us")
ADOT = symbol("ADOT", "actual_unit_down_time", "us")
UNKNOWN = symbol("UNKNOWN", "unknown_time", "us")
OFF = symbol("OFF", "off_time", "us")
AUPT = APT + ASUT
AUBT = APT + ASUT + ADET
CALENDAR = PBT + OFF
PQ = symbol("PQ", "produced_quantity", "pcs")
GQ = symbol("GQ", "good_quantity", "pcs")
SQ = symbol("SQ", "scrap_quantity", "pcs")
RQ = symbol("RQ", "rework_quantity", "pcs")
# Standard times: each piece by the run time of its own product, operation and revision.
STP = symbol("sum(PRI×PQ)", "standard_time_produced", "us", "Σ(PRI×PQ)")
STG = symbol("sum(PRI×GQ)", "standard_time_good", "us", "Σ(PRI×GQ)")
AOET = symbol("AOET", "order_execution_time", "us")
APWT = symbol("APWT", "personnel_work_time", "us")
APAT = symbol("APAT", "personnel_attendance_time", "us")
IP = symbol("IP", "inspected_quantity", "pcs")
GP = symbol("GP", "first_pass_good", "pcs")
PSQ = symbol("PSQ", "planned_scrap_quantity", "pcs")
PQ_FIRST = symbol("PQ1", "first_operation_quantity", "pcs")
PQ_LAST = symbol("PQn", "last_operation_quantity", "pcs")
IGQ = symbol("IGQ", "integrated_good_quantity", "pcs")
CM = symbol("CM", "consumed_material", "unit")
PL = symbol("PL", "production_loss", "unit")
STL = symbol("STL", "storage_loss", "unit")
OL = symbol("OL", "other_loss", "unit")
E = symbol("E", "energy", "Wh")
EPC = symbol("EPC", "equipment_capacity", "pcs")
FE = symbol("FE", "failures", "1")
TTR = symbol("TTR", "restoration_time", "us")
CMT = symbol("CMT", "corrective_maintenance_time", "us")
PMT = symbol("PMT", "preventive_maintenance_time", "us")
ONE = constant(1, "1")
AN_HOUR = constant(HOUR, "1 h")
KILO = constant(1000, "1000")
