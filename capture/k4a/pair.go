package k4a

import (
	"io"

	"github.com/virtualcube/virtualcube/capture"
)

// maxWaiting is how many frames of one track wait for the other's. When more
// do, the oldest is dropped as unpaired.
const maxWaiting = 64

// pairing walks the recording and joins colour and depth of one instant.
type pairing struct {
	file          io.ReaderAt
	index         *index
	colour, depth track
	delay         int64 // of depth behind colour, nanoseconds
	period        int64

	cluster    int // next to be listed
	waitColour []block
	waitDepth  []block
	drops      []capture.DropReason // since the last pair
}

// next returns the next colour and depth block of one instant, or io.EOF.
func (p *pairing) next() (colour, depth block, err error) {
	for {
		for len(p.waitColour) > 0 && len(p.waitDepth) > 0 {
			c, d := p.waitColour[0], p.waitDepth[0]
			switch apart := d.stamp - c.stamp - p.delay; {
			case apart > p.period/2:
				p.waitColour = p.waitColour[1:]
				p.drops = append(p.drops, capture.DropUnpaired)
			case apart < -p.period/2:
				p.waitDepth = p.waitDepth[1:]
				p.drops = append(p.drops, capture.DropUnpaired)
			default:
				p.waitColour, p.waitDepth = p.waitColour[1:], p.waitDepth[1:]
				return c, d, nil
			}
		}
		if p.cluster == len(p.index.clusters) {
			for range len(p.waitColour) + len(p.waitDepth) {
				p.drops = append(p.drops, capture.DropUnpaired)
			}
			p.waitColour, p.waitDepth = nil, nil
			return block{}, block{}, io.EOF
		}
		p.load()
	}
}

// load lists one more cluster. What a damaged one lost is counted as torn.
func (p *pairing) load() {
	found, err := p.index.blocks(p.file, p.index.clusters[p.cluster], p.colour.number, p.depth.number)
	p.cluster++
	if err != nil {
		p.drops = append(p.drops, capture.DropTorn)
	}
	for _, b := range found {
		if b.track == p.colour.number {
			p.waitColour = p.bounded(append(p.waitColour, b), len(p.waitDepth) == 0)
		} else {
			p.waitDepth = p.bounded(append(p.waitDepth, b), len(p.waitColour) == 0)
		}
	}
}

// bounded drops the oldest of a queue that waits for an empty one.
func (p *pairing) bounded(queue []block, other bool) []block {
	if other && len(queue) > maxWaiting {
		p.drops = append(p.drops, capture.DropUnpaired)
		return queue[1:]
	}
	return queue
}

// takeDrops returns the losses since the last call.
func (p *pairing) takeDrops() []capture.DropReason {
	d := p.drops
	p.drops = nil
	return d
}

func (p *pairing) rewind() { p.cluster, p.waitColour, p.waitDepth = 0, nil, nil }
