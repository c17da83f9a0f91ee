// Package assembly puts the cubes of a room into one world, so that gazes
// meet. It is pure: a layout and a number of places in, transforms out.
//
// # Frames
//
// A cube's frame is metric, right-handed, y up, its origin at the seated head
// and +z towards the front screen; who sits in it has +x on the left. A seat k
// has one rigid transform of unit scale W_k, cube to world, the same on every
// site. Seat j is in the cube of seat i at
//
//	T_ij = W_i⁻¹ W_j
//
// and the world's y is 0 at the heads. Site i draws j with T_ij and site j
// draws i with T_ji, each from the tracked eye and off-axis through its own
// screens. The line from eye to eye is then one line in the world, which is
// why gazes meet; See measures in radians how well.
//
// # Layouts
//
// D is the distance from a seat to its front screen and W the width of a
// cubicle, as the host arranges them (0.7 m and 1.2 m unless given). A layout
// depends on no participant's screens.
//
//	face-to-face  two: W_0 = I, W_1 = Trans(0, 0, 2D)·RotY(π). The planes at D
//	              coincide: a window.
//	round-table   n: W_k = RotY(2πk/n)·Trans(0, 0, -R), R = D + W / (2 tan(π/n)).
//	side-by-side  two: parallel, W apart, and what they work on 4 m before both;
//	              each sees the other through a side screen. More: on an arc
//	              round what they work on, turned to it, since in a straight row
//	              everybody would hide behind their neighbour. Its angle is 20
//	              degrees a seat, 100 at most in all; its radius is
//	              D + W / (2 tan(half the angle a seat)).
//	a file        seats by position and yaw, see File.
//
// Seat k+1 sits to the right of seat k. Whatever lies within |x| <= W/2 and
// z <= D of a cube stays in the cube's own wedge or strip of the world. So
// screens of neighbours that fit into W and D never intersect, and neither do
// their volumes where W >= 1.2 and D >= 0.6.
//
// A layout has as many places as the host arranges. Nobody moves when somebody
// comes or leaves: a place is taken or free, and an Assembly knows nothing of
// it. When the host arranges anew, people Glide.
package assembly
