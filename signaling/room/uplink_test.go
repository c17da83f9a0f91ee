package room

import (
	"testing"

	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

func TestUplink(t *testing.T) {
	var u uplink
	for _, test := range []struct {
		name          string
		packets, lost [2]uint64 // totals, of two inlets
		want          float64
	}{
		{"nothing yet", [2]uint64{}, [2]uint64{}, 0},
		{"all came", [2]uint64{50, 100}, [2]uint64{}, 0},
		{"a tenth did not", [2]uint64{90, 150}, [2]uint64{10, 0}, 0.1},
		{"some of it was late", [2]uint64{100, 200}, [2]uint64{4, 0}, 0},
		{"both lose", [2]uint64{110, 220}, [2]uint64{9, 5}, 0.25},
		{"a track begins anew", [2]uint64{110, 10}, [2]uint64{9, 1}, 0},
	} {
		var inlets []rtc.InletStats
		for i := range test.packets {
			inlets = append(inlets, rtc.InletStats{RelayStats: fanout.RelayStats{Packets: test.packets[i], Lost: test.lost[i]}})
		}
		if got := u.loss(inlets); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
