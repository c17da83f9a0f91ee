package treatment

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/fanout"
)

const (
	// The encoder's target follows the publisher's own bitrate within these bounds,
	// with a fifth more, as it encodes what was encoded once before.
	leastBitrate = 150_000
	mostBitrate  = 3_000_000
	startBitrate = 800_000
	// spareFrames is how many decoded pictures are kept to be filled again.
	spareFrames = 4
)

// Picture is a webcam or a screen on its way through filters. Run owns it; Set,
// Reload, Stats and Way may be called from any goroutine.
type Picture struct {
	config Config[*capture.Frame]
	lift   func(*capture.Frame) bool
	chain  *host.Chain[*capture.Frame]
	relay  *fanout.Relay
	ready  readiness
	delays delays
	lost   atomic.Uint64
	key    atomic.Bool         // somebody waits for a key frame
	slot   chan *capture.Frame // from the chain to the encoder; a newer one replaces it
	over   atomic.Uint64       // that were replaced

	// watch's.
	decoder *vpx.Decoder
	pool    *capture.FramePool
	stamps  stamps
	number  uint64
	bytes   int
	since   time.Time
	rate    atomic.Int64 // of the publisher, bits a second

	// encode's.
	encoder *vpx.Encoder
	width   int
	height  int
	target  int
	origin  capture.Time
}

// NewPicture makes a treatment whose chain is empty.
// lift, if it is not nil, takes frames that come with depth, which it borrows, and
// says whether it shows them: they are encoded then only where somebody watches the
// relay.
func NewPicture(config Config[*capture.Frame], lift func(*capture.Frame) bool) (_ *Picture, err error) {
	if !config.complete() {
		return nil, errConfig
	}
	p := &Picture{
		config: config, lift: lift, ready: readiness{tell: config.Ready}, slot: make(chan *capture.Frame, 1),
		pool: capture.NewFramePool(spareFrames), stamps: stamps{rate: encode.ClockRate},
	}
	p.chain, err = host.NewVideo(host.Config[*capture.Frame]{
		Name: config.Name, Open: config.Open, Out: p.put, Observe: config.Observe, Log: config.Log,
	})
	if err != nil {
		return nil, err
	}
	p.relay, err = fanout.NewRelay(fanout.RelayConfig{Kind: fanout.Video, RequestKey: func() { p.key.Store(true) }})
	if err != nil {
		return nil, err
	}
	p.decoder, err = vpx.NewDecoder()
	return p, err
}

// Set says what the chain should be; see host.Chain.
func (p *Picture) Set(links []host.Link) error { return p.chain.Set(links) }

// Reload opens a link's filter anew.
func (p *Picture) Reload(id string) { p.chain.Reload(id) }

// Relay is where the filtered pictures come out.
func (p *Picture) Relay() *fanout.Relay { return p.relay }

// Stats returns the counts.
func (p *Picture) Stats() Stats {
	s := Stats{Stats: p.chain.Stats(), Lost: p.lost.Load(), Way: p.Way()}
	s.Overrun += p.over.Load()
	return s
}

// Way is by how much content leaves later than it came, smoothed.
func (p *Picture) Way() time.Duration { return time.Duration(p.delays.mean.Load()) }

// Run filters until the context or the source ends (nil), or something fails that
// cannot be gone on without. It may be called once.
func (p *Picture) Run(ctx context.Context) error {
	err := together(ctx, p.chain.Run, p.relay.Run, p.encode, p.watch)
	err = errors.Join(err, p.decoder.Close())
	if p.encoder != nil {
		err = errors.Join(err, p.encoder.Close())
	}
	select {
	case f := <-p.slot:
		f.Release()
	default:
	}
	if err != nil {
		return fmt.Errorf("filter %s: %w", p.config.Name, err)
	}
	return nil
}

// watch decodes what comes.
func (p *Picture) watch(ctx context.Context) error {
	return p.config.Source.Watch(ctx, func(w fanout.Watched) error {
		p.measure(len(w.Data), w.Arrived)
		picture, err := p.decoder.Decode(w.Data)
		if err != nil {
			p.lost.Add(1)
			return fanout.ErrBroken
		}
		if picture.Empty() {
			return nil
		}
		f, err := p.copied(picture)
		if err != nil {
			return err
		}
		p.number++
		f.Sequence, f.Captured, f.Emitted = p.number, p.stamps.at(w.Timestamp, p.config.Clock.Now()), p.config.Clock.Now()
		p.delays.arrived(f.Captured, w.Arrived)
		p.chain.Put(f)
		return nil
	})
}

// copied is a frame of the decoder's picture, without an odd last row or column.
func (p *Picture) copied(from capture.Picture) (*capture.Frame, error) {
	width, height := max(2, from.Width&^1), max(2, from.Height&^1)
	f, err := p.pool.Frame(capture.FrameShape{Format: capture.I420, Width: width, Height: height})
	if err != nil {
		return nil, err
	}
	for i, plane := range f.Colour.Planes {
		shift := min(i, 1)
		for y := range height >> shift {
			row := from.Planes[i][min(y, (from.Height-1)>>shift)*from.Strides[i]:]
			copy(plane[y*f.Colour.Strides[i]:(y+1)*f.Colour.Strides[i]], row[:min(len(row), width>>shift)])
		}
	}
	return f, nil
}

// measure follows the publisher's bitrate.
func (p *Picture) measure(n int, now time.Time) {
	if p.since.IsZero() {
		p.since = now
	}
	p.bytes += n
	if took := now.Sub(p.since); took >= time.Second {
		p.rate.Store(int64(float64(8*p.bytes) / took.Seconds()))
		p.bytes, p.since = 0, now
	}
}

// put hands a frame to the encoder.
func (p *Picture) put(f *capture.Frame) {
	if p.lift != nil && !f.Depth.Empty() && p.lift(f) && p.relay.Snapshot().Subscribers == 0 {
		f.Release()
		return
	}
	for {
		select {
		case p.slot <- f:
			return
		default:
		}
		select {
		case old := <-p.slot:
			old.Release()
			p.over.Add(1)
		default:
		}
	}
}

func (p *Picture) encode(ctx context.Context) error {
	for {
		select {
		case f := <-p.slot:
			err := p.send(f)
			f.Release()
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// send encodes a frame and writes it into the relay.
func (p *Picture) send(f *capture.Frame) error {
	if err := p.fit(f.Colour); err != nil {
		return err
	}
	if p.origin == 0 {
		p.origin = f.Captured
	}
	stamp := ticksOf(f.Captured.Sub(p.origin), encode.ClockRate)
	packet, err := p.encoder.Encode(f.Colour, stamp, p.key.Swap(false))
	if err != nil {
		return err
	}
	if err := p.relay.WritePicture(packet.Data, uint32(stamp), packet.Key); err != nil {
		return nil //nolint:nilerr // the relay has ended, and so does the treatment
	}
	p.delays.left(f.Captured)
	p.ready.now(p.relay)
	return nil
}

// fit opens an encoder where there is none of the picture's size, and follows the
// publisher's bitrate.
func (p *Picture) fit(picture capture.Picture) error {
	target := startBitrate
	if rate := p.rate.Load(); rate > 0 {
		target = int(min(max(rate*6/5, leastBitrate), mostBitrate))
	}
	if p.encoder != nil && p.width == picture.Width && p.height == picture.Height {
		if target > p.target*5/4 || target < p.target*3/4 {
			p.target = target
			return p.encoder.SetBitrate(target)
		}
		return nil
	}
	if p.encoder != nil {
		if err := p.encoder.Close(); err != nil {
			return err
		}
	}
	var err error
	p.encoder, err = vpx.NewEncoder(picture.Width, picture.Height, target)
	p.width, p.height, p.target = picture.Width, picture.Height, target
	return err
}
