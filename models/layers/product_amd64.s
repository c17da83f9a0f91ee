#include "textflag.h"

// func products(y, w, x *float32, rows, n int)
//
// Four rows at a time, so that x is loaded once for them, then one by one. A
// register holds eight sums of a row, which are added up at its end.
TEXT ·products(SB), NOSPLIT, $0-40
	MOVQ y+0(FP), DI
	MOVQ w+8(FP), SI
	MOVQ x+16(FP), DX
	MOVQ rows+24(FP), CX
	MOVQ n+32(FP), R8
	SHLQ $2, R8

four:
	CMPQ   CX, $4
	JLT    one
	LEAQ   (SI)(R8*1), R9
	LEAQ   (R9)(R8*1), R10
	LEAQ   (R10)(R8*1), R11
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	XORQ   AX, AX

alongFour:
	VMOVUPS     (DX)(AX*1), Y4
	VFMADD231PS (SI)(AX*1), Y4, Y0
	VFMADD231PS (R9)(AX*1), Y4, Y1
	VFMADD231PS (R10)(AX*1), Y4, Y2
	VFMADD231PS (R11)(AX*1), Y4, Y3
	ADDQ        $32, AX
	CMPQ        AX, R8
	JLT         alongFour

	VHADDPS      Y1, Y0, Y0
	VHADDPS      Y3, Y2, Y2
	VHADDPS      Y2, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS       X1, X0, X0
	VMOVUPS      X0, (DI)
	LEAQ         (R11)(R8*1), SI
	ADDQ         $16, DI
	SUBQ         $4, CX
	JMP          four

one:
	TESTQ  CX, CX
	JZ     done
	VXORPS Y0, Y0, Y0
	XORQ   AX, AX

alongOne:
	VMOVUPS     (DX)(AX*1), Y4
	VFMADD231PS (SI)(AX*1), Y4, Y0
	ADDQ        $32, AX
	CMPQ        AX, R8
	JLT         alongOne

	VHADDPS      Y0, Y0, Y0
	VHADDPS      Y0, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS       X1, X0, X0
	VMOVSS       X0, (DI)
	ADDQ         R8, SI
	ADDQ         $4, DI
	DECQ         CX
	JMP          one

done:
	VZEROUPPER
	RET
