package whepclient

import (
	"bytes"
	"slices"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
)

const (
	keyTag   = 0x10 // frame tag with P = 0
	interTag = 0x11 // frame tag with P = 1
)

// packets packetises one picture of the given frame tag.
func packets(tag byte, size int, timestamp uint32, sequence *uint16) []*rtp.Packet {
	picture := bytes.Repeat([]byte{tag}, size)
	payloads := (&codecs.VP8Payloader{EnablePictureID: true}).Payload(100, picture)
	out := make([]*rtp.Packet, len(payloads))
	for i, payload := range payloads {
		out[i] = &rtp.Packet{Header: rtp.Header{SequenceNumber: *sequence, Timestamp: timestamp, Marker: i == len(payloads)-1}, Payload: payload}
		*sequence++
	}
	return out
}

func TestAssemble(t *testing.T) {
	for _, test := range []struct {
		name      string
		drop      []int // packets, counted over all pictures of three each
		duplicate []int
		units     string // tags of the pictures that come out
		gaps      int
		lost      uint64
	}{
		{name: "all", units: "kppk"},
		{name: "duplicates", duplicate: []int{0, 4, 11}, units: "kppk"},
		{name: "beginning of the first", drop: []int{0}, units: "k", gaps: 3},
		{name: "middle", drop: []int{4}, units: "kk", gaps: 2, lost: 1},
		{name: "last packet of a picture", drop: []int{5}, units: "kk", gaps: 1, lost: 1},
		{name: "whole picture", drop: []int{3, 4, 5}, units: "kk", gaps: 1, lost: 3},
		{name: "key frame's middle", drop: []int{10}, units: "kpp", gaps: 1, lost: 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			sequence := uint16(65533) // wraps
			var all []*rtp.Packet
			for i, tag := range []byte{keyTag, interTag, interTag, keyTag} {
				all = append(all, packets(tag, 250, uint32(3000*i), &sequence)...)
			}
			if len(all) != 12 {
				t.Fatalf("%d packets, the cases assume 12", len(all))
			}
			var a assembler
			var units []byte
			gaps := 0
			feed := func(p *rtp.Packet) {
				switch a.add(p) {
				case complete:
					name := map[bool]byte{true: 'k', false: 'p'}[a.unit.Key]
					units = append(units, name)
					if len(a.unit.Data) != 250 {
						t.Errorf("unit of %d bytes, want 250", len(a.unit.Data))
					}
				case gap:
					gaps++
				case partial:
				}
			}
			for i, p := range all {
				if slices.Contains(test.drop, i) {
					continue
				}
				feed(p)
				if slices.Contains(test.duplicate, i) {
					feed(p)
				}
			}
			if string(units) != test.units || gaps != test.gaps || a.lost != test.lost {
				t.Errorf("units %q, %d gaps, %d lost; want %q, %d, %d", units, gaps, a.lost, test.units, test.gaps, test.lost)
			}
		})
	}
}

func FuzzAssemble(f *testing.F) {
	sequence := uint16(1)
	for _, p := range packets(keyTag, 250, 0, &sequence) {
		f.Add(p.Payload, p.Payload, uint16(1), true)
	}
	f.Add([]byte{}, []byte{0x90}, uint16(3), false)
	f.Fuzz(func(t *testing.T, first, second []byte, step uint16, marker bool) {
		var a assembler
		a.add(&rtp.Packet{Header: rtp.Header{SequenceNumber: 7, Marker: !marker}, Payload: first})
		if a.add(&rtp.Packet{Header: rtp.Header{SequenceNumber: 7 + step, Marker: marker}, Payload: second}) == complete && len(a.unit.Data) == 0 {
			t.Error("an empty access unit is complete")
		}
	})
}
