// Package vantage turns the eyes of everybody who watches one cube into the
// few vantage points that are worth rendering, and says which eye is served
// from which. It is pure: eyes in, points out.
//
// # Error
//
// A client redraws a view for its own eye from the view's depth. What it
// cannot know is what the vantage point did not see: beside an edge where the
// surface steps back by d, a ray that meets the edge under another angle
// unveils d·tan of the difference. Seen from the person at c, an eye e and a
// vantage point v differ in direction by the angle between e-c and v-c, and at
// a point that lies a beside c, rays from the two distances differ by
// a·|1/|e-c| - 1/|v-c||. Hence, in radians,
//
//	error(e, v) = angle(e-c, v-c) + a·|1/|e-c| - 1/|v-c||,  a = 0.3 m,
//
// half the width of a person. It is a metric. That a picture is magnified from
// nearby is no part of it.
//
// # Choice
//
// Reach is the error that clients finish by themselves: 0.12, which is 15 cm
// to the side at 1.25 m. Plan takes the least number of points that brings
// every eye within reach of its own, and where the budget does not suffice all
// of the budget, so as to make the greatest error least. That is the k-centre
// problem: Gonzalez's farthest points (Theoretical Computer Science 38, 1985,
// 293-306), which cost at most twice the least error possible, then rounds of
// centring and assigning anew while they help.
//
// # Time
//
// A Planner holds on to what it has. An eye leaves its point for another only
// when it is out of reach; two points merge only when one would hold all eyes
// within three quarters of reach, and would have for half a second; and where the budget is short, a new plan
// replaces the present one only if its error is a quarter less. A point is in
// the middle of its eyes: of a single one it follows every motion exactly. What
// a change of its eyes would make it jump by, it glides.
package vantage
