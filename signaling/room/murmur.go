package room

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/voice"
	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// maxLost is how many packets that did not come are continued: after a fifth of
// a second nothing is left to continue.
const maxLost = 10

// murmurer makes, while it is wanted, a murmur of one participant's voice, for
// those outside their side discussion. run owns it; the other methods belong to
// the connection's goroutine.
type murmurer struct {
	exchange *exchange
	person   string
	log      *slog.Logger
	orders   chan order // one slot: the newest
	now      order
}

// order is what is to be done.
type order struct {
	voice  *fanout.Relay // nil: there is none yet
	wanted bool
}

func newMurmurer(x *exchange, person string, log *slog.Logger) *murmurer {
	return &murmurer{exchange: x, person: person, log: log, orders: make(chan order, 1)}
}

// of says which relay the voice is.
func (m *murmurer) of(voice *fanout.Relay) { m.order(order{voice: voice, wanted: m.now.wanted}) }

// wanted says whether somebody is to hear a murmur.
func (m *murmurer) wanted(wanted bool) { m.order(order{voice: m.now.voice, wanted: wanted}) }

func (m *murmurer) order(o order) {
	if o == m.now {
		return
	}
	m.now = o
	select {
	case <-m.orders: // an older one
	default:
	}
	m.orders <- o
}

// run follows the orders until the context ends.
func (m *murmurer) run(ctx context.Context) {
	o := order{}
	for {
		o = m.obey(ctx, o)
		if ctx.Err() != nil {
			return
		}
	}
}

// obey carries an order out until there is another, which it returns, or the
// context ends.
func (m *murmurer) obey(ctx context.Context, o order) (next order) {
	ctx, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	defer parts.Wait()
	defer cancel()
	if o.wanted && o.voice != nil {
		parts.Go(func() {
			if err := m.murmur(ctx, o.voice); err != nil {
				m.log.Warn("murmur ended", "reason", err)
			}
		})
	}
	select {
	case next = <-m.orders:
	case <-ctx.Done():
	}
	return next
}

// murmur is one voice, until the context or the voice ends.
func (m *murmurer) murmur(ctx context.Context, of *fanout.Relay) (err error) {
	maker, err := voice.NewMurmur()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, maker.Close()) }()
	relay, err := fanout.NewRelay(fanout.RelayConfig{Kind: fanout.Audio})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var parts sync.WaitGroup
	defer parts.Wait()
	defer cancel()
	parts.Go(func() { _ = relay.Run(ctx) }) // only its context ends it
	k := key{owner: m.person, source: session.Microphone, murmur: true}
	m.exchange.put(k, relay)
	defer m.exchange.take(k, relay)
	first := true
	return of.Listen(ctx, func(h fanout.Heard) error {
		relay.SetDelay(of.Delay())
		for range min(h.Lost, maxLost) {
			if _, err := maker.Lost(); err != nil {
				return err
			}
		}
		packet, err := maker.Process(h.Payload)
		if errors.Is(err, opus.ErrPacket) {
			return nil // counts as lost
		}
		if err == nil {
			err = relay.Write(packet, h.Timestamp, first, int(h.Level), h.Voice)
		}
		first = false
		return err
	})
}
