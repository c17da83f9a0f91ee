package room

import "github.com/virtualcube/virtualcube/signaling/rtc"

// uplink measures what is lost of what a participant sends.
type uplink struct{ packets, lost uint64 } // totals

// loss returns the share that was lost since the call before, 0 to 1.
func (u *uplink) loss(inlets []rtc.InletStats) float64 {
	before := *u
	*u = uplink{}
	for _, i := range inlets {
		u.packets, u.lost = u.packets+i.Packets, u.lost+i.Lost
	}
	if u.packets <= before.packets || u.lost <= before.lost { // nothing, or what was late has come, or a new track
		return 0
	}
	came, gone := u.packets-before.packets, u.lost-before.lost
	return float64(gone) / float64(came+gone)
}
