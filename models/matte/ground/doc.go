// Package ground gives a person, as package segment finds them, another
// background.
//
// A pixel at the person's edge shows both, I = aF + (1-a)B. F is estimated from
// the means of the person and of the background round it (Forte, Approximate Fast
// Foreground Colour Estimation, 2021), so that no rim of the old background stays.
package ground
