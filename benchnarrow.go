package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/virtualcube/virtualcube/signaling/netem"
	"github.com/virtualcube/virtualcube/signaling/whip/whepclient"
)

// The narrowing link: shares of the time of a row while it is wide, narrow and
// wide again, and the narrow rate. Climbing back by trial takes the longest.
const (
	wideShare   = 0.25
	narrowShare = 0.75
	climbShare  = 1.5
	narrowRate  = 400_000 // bits a second
)

// narrowReport is what two viewers of one view get while the link of one of
// them narrows.
type narrowReport struct {
	NarrowBits int            `json:"narrow_bits_per_second"`
	From       int            `json:"narrow_from_second"`
	Until      int            `json:"narrow_until_second"`
	Seconds    []narrowSecond `json:"seconds"`
	// Steps counts what the node did, by cause: see package fanout.
	Steps map[string]uint64 `json:"steps"`
}

// narrowSecond is what each got within a second.
type narrowSecond struct {
	Wide   received `json:"wide"`
	Narrow received `json:"narrow"`
}

// received is what one viewer got.
type received struct {
	Frames uint64 `json:"frames"`
	Bits   uint64 `json:"bits"`
	Size   string `json:"size"` // of the view's colour: the rung
	Lost   uint64 `json:"lost_packets"`
	// Upper says that some frames were of the upper temporal layer.
	Upper bool `json:"upper_layer"`
}

// narrow has two viewers stand at one place and narrows the link of one.
func (b *crowdBench) narrow(ctx context.Context) (report *narrowReport, err error) {
	fmt.Fprintln(b.env.stderr, "the link of one of two viewers narrows")
	link := netem.New(1)
	var seats []*seat
	defer func() {
		for _, s := range seats {
			err = errors.Join(err, s.leave(ctx))
		}
	}()
	for i, l := range []*netem.Link{nil, link} {
		s, err := b.sit(ctx, around(onArc(0), i, b.command.Still), l)
		if err != nil {
			return nil, err
		}
		seats = append(seats, s)
	}
	if err := b.await(ctx, seats); err != nil {
		return nil, err
	}
	if err := wait(ctx, seconds(b.command.WarmUp)); err != nil {
		return nil, err
	}
	row := b.command.Seconds
	report = &narrowReport{NarrowBits: narrowRate, From: int(row * wideShare)}
	report.Until = report.From + max(1, int(row*narrowShare))
	before := b.node.pipeline.sent().Steps
	last := [2]whepclient.Reception{seats[0].viewer.Received(), seats[1].viewer.Received()}
	for second := range report.Until + int(row*climbShare) {
		switch second {
		case report.From:
			err = link.Down.Set(netem.Path{Rate: narrowRate})
		case report.Until:
			err = link.Down.Set(netem.Path{})
		}
		if err != nil {
			return nil, err
		}
		if err := wait(ctx, time.Second); err != nil {
			return nil, err
		}
		var got [2]received
		for i, s := range seats {
			now := s.viewer.Received()
			got[i] = newReceived(now.Since(last[i]))
			last[i] = now
		}
		report.Seconds = append(report.Seconds, narrowSecond{got[0], got[1]})
	}
	report.Steps = map[string]uint64{}
	for cause, n := range b.node.pipeline.sent().Steps {
		if n > before[cause] {
			report.Steps[cause] = n - before[cause]
		}
	}
	return report, nil
}

func newReceived(r whepclient.Reception) received {
	return received{Frames: r.Frames, Bits: r.Bits, Size: Size{r.Layout.Width, r.Layout.Height}.String(), Lost: r.Lost, Upper: r.Upper > 0}
}

func (r *narrowReport) print(w io.Writer) {
	fmt.Fprintf(w, "\nthe link of one of two viewers holds %.1f Mbit/s from second %d to %d; the node's steps: %v\n", float64(r.NarrowBits)/1e6, r.From, r.Until, r.Steps)
	fmt.Fprintf(w, "%6s  %-32s  %s\n%6s  %6s %7s %9s %6s  %6s %7s %9s %6s\n", "", "the other's", "the link that narrows",
		"second", "frames", "kbit/s", "size", "layers", "frames", "kbit/s", "size", "layers")
	layers := func(r received) int {
		if r.Upper {
			return 2
		}
		return 1
	}
	for i, s := range r.Seconds {
		fmt.Fprintf(w, "%6d  %6d %7.0f %9s %6d  %6d %7.0f %9s %6d\n", i, s.Wide.Frames, float64(s.Wide.Bits)/1e3, s.Wide.Size, layers(s.Wide),
			s.Narrow.Frames, float64(s.Narrow.Bits)/1e3, s.Narrow.Size, layers(s.Narrow))
	}
}
