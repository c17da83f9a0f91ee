package room_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp/codecs"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

// lumas decodes what comes of webcams, and notes how bright it is.
type lumas struct {
	mu      sync.Mutex
	decoder *vpx.Decoder
	seen    []byte
}

func (l *lumas) take(_ string, payload []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var p codecs.VP8Packet
	data, err := p.Unmarshal(payload)
	if err != nil {
		return
	}
	if picture, err := l.decoder.Decode(data); err == nil && !picture.Empty() { // each picture is one packet
		l.seen = append(l.seen, picture.Planes[0][0])
	}
}

func (l *lumas) list() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.seen)
}

// TestVisitorIsFiltered has foreign software publish a webcam in a room whose
// webcams are hidden by a filter: nobody ever sees it as it is, and all are told how
// the filter fares.
func TestVisitorIsFiltered(t *testing.T) {
	may := make(chan struct{})
	close(may)
	table := filterTable(t, may)
	n := serve(t, func(c *room.Config) {
		c.Filters, c.Opener = table, opener{}
		c.Rooms[0].Filters = table
		c.Rooms[0].Chains = map[session.Source][]models.Link{session.Camera: {{Filter: "hide"}}}
	})
	decoder, err := vpx.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	sees := &lumas{decoder: decoder}
	bob := n.enters(roomclient.Config{Name: "Bob", Packet: sees.take})
	t.Cleanup(func() {
		bob.stop()
		bob.ended <- <-bob.ended
		_ = decoder.Close()
	})
	v, err := n.endpoint.Visit(t.Context(), room.Visit{Room: "demo", Name: "Studio"})
	if err != nil {
		t.Fatal(err)
	}
	relay, err := fanout.NewRelay(fanout.RelayConfig{Kind: fanout.Video})
	if err != nil {
		t.Fatal(err)
	}
	run(t, func(ctx context.Context) error {
		_ = v.Run(ctx) // it ends with the node, which is no error
		return nil
	})
	run(t, relay.Run)
	run(t, func(ctx context.Context) error { return white(ctx, relay) })
	v.Publish(session.Camera, relay)
	bob.eventually("pictures", func() bool { return len(sees.list()) > 10 })
	for _, luma := range sees.list() {
		if luma < 120 || luma > 136 { // hidden pictures are grey
			t.Fatalf("the webcam is seen: %v", sees.list())
		}
	}
	studio := ""
	bob.until("told that it works", func(v roomclient.View) bool {
		for _, p := range v.State.People {
			for _, f := range p.Filters {
				if p.Program && f.State == session.FilterRunning && v.Figures.Filters[f.ID].Frames > 5 {
					studio = p.ID
					return true
				}
			}
		}
		return false
	})
	bob.ask(filters(studio, session.Camera)) // who leads acts for software
	bob.eventually("the webcam as it is", func() bool {
		all := sees.list()
		return all[len(all)-1] > 200
	})
}

// white shows white pictures, 15 a second.
func white(ctx context.Context, relay *fanout.Relay) error {
	encoder, err := vpx.NewEncoder(64, 64, 200_000)
	if err != nil {
		return err
	}
	defer encoder.Close()
	picture := capture.Picture{Format: capture.I420, Width: 64, Height: 64, Strides: [3]int{64, 32, 32}, Planes: [3][]byte{make([]byte, 64*64), make([]byte, 32*32), make([]byte, 32*32)}}
	for i, plane := range picture.Planes {
		for j := range plane {
			plane[j] = [3]byte{235, 128, 128}[i]
		}
	}
	ticker := time.NewTicker(time.Second / 15)
	defer ticker.Stop()
	for n := int64(0); ; n++ {
		packet, err := encoder.Encode(picture, n*6000, n%10 == 0)
		if err != nil {
			return err
		}
		if err := relay.WritePicture(packet.Data, uint32(n*6000), packet.Key); err != nil {
			return nil // it has ended
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}
