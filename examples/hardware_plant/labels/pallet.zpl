^XA
^CI28
^FO30,30^A0N,44,44^FH^FD{customer}^FS
^FO30,95^A0N,28,28^FB740,8,4^FH^FD{contents}^FS
^FO30,380^BCN,170,Y,N,N^FH^FD>;>8{sscc}^FS
^FO30,620^A0N,22,22^FH^FD{site}  {made}  copy {copy}^FS
^XZ
