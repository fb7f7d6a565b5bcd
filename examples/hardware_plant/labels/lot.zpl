^XA
^CI28
^FO30,30^A0N,44,44^FH^FD{material} {revision}^FS
^FO30,85^A0N,28,28^FH^FD{description}^FS
^FO30,135^BCN,110,Y,N,N^FH^FD{lot}^FS
^FO30,300^A0N,28,28^FH^FD{quantity} {unit}   {order}   {made}^FS
^FO30,340^A0N,28,28^FH^FD{customer}^FS
^FO30,380^A0N,22,22^FH^FD{site} {work_center}  copy {copy}^FS
^FO560,60^BQN,2,6^FH^FDQA,{lot}^FS
^XZ
