package fanout

import (
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/logging"
	"github.com/pion/transport/v5/vnet"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/session/encode"
)

// link is a network of two with a bottleneck before the client.
type link struct {
	server, client webrtc.SettingEngine
	bottleneck     *vnet.TBFQueue
}

const (
	linkDelay = 20 * time.Millisecond // each way
	linkBurst = 8_000                 // bytes
)

// newLink makes a link of a rate, in bits a second, that queues so many bytes.
func newLink(t *testing.T, rate, queue int) *link {
	t.Helper()
	router, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "10.0.0.0/24", MinDelay: linkDelay, QueueSize: 4096, LoggerFactory: logging.NewDefaultLoggerFactory()})
	if err != nil {
		t.Fatal(err)
	}
	l := &link{bottleneck: vnet.NewTBFQueue(rate, linkBurst, int64(queue))}
	join := func(ip string, wrap func(vnet.NIC) vnet.NIC) (s webrtc.SettingEngine) {
		n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
		if err != nil {
			t.Fatal(err)
		}
		if err := router.AddNet(wrap(n)); err != nil {
			t.Fatal(err)
		}
		s = loopbackSettings()
		s.SetInterfaceFilter(func(string) bool { return true })
		s.SetNet(n)
		return s
	}
	l.server = join("10.0.0.1", func(n vnet.NIC) vnet.NIC { return n })
	l.client = join("10.0.0.2", func(n vnet.NIC) vnet.NIC {
		q, err := vnet.NewQueue(n, l.bottleneck)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = q.Close() })
		return q
	})
	if err := router.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = router.Stop() })
	return l
}

// TestBottleneck says that the encoder's target settles below what a link
// holds, and climbs again when it holds more. Time is faked.
func TestBottleneck(t *testing.T) {
	faked(t, func(t *testing.T) {
		r, err := NewLadder(Config{})
		if err != nil {
			t.Fatal(err)
		}
		l := newLink(t, 800_000, 25_000)
		feedback, err := twcc.NewSenderInterceptor()
		if err != nil {
			t.Fatal(err)
		}
		registry := &interceptor.Registry{}
		registry.Add(feedback)
		c := newClientOn(t, l.client, []string{transportCCURI}, registry)
		connectOn(t, l.server, r, c)

		target := r.Bitrate().Start
		// stream sends what the target asks for and returns its mean over the
		// second half.
		stream := func(d time.Duration) float64 {
			sum, n := 0, 0
			for begin := time.Now(); time.Since(begin) < d; {
				for range 15 {
					if err := r.Send(Full, encode.Packet{Data: make([]byte, target/8/30), Key: r.KeyDue(Full)}, uint32(time.Now().UnixMicro()*9/100)); err != nil {
						t.Fatal(err)
					}
					pass(time.Second / 30)
				}
				target = r.Target(Full)
				t.Logf("%4.1f s: target %d", time.Since(begin).Seconds(), target)
				if time.Since(begin) > d/2 {
					sum, n = sum+target, n+1
				}
			}
			return float64(sum) / float64(n)
		}
		if mean := stream(20 * time.Second); mean > 850_000 || mean < 300_000 {
			t.Errorf("on a link of 800 kbit/s the target is %.0f", mean)
		}
		l.bottleneck.SetRate(4_000_000)
		if mean := stream(30 * time.Second); mean < 1_000_000 {
			t.Errorf("the link recovers, and the target is %.0f", mean)
		}
	})
}
