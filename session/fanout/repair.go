package fanout

import (
	"maps"
	"sync/atomic"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// maxRepair bounds the loss that is made up for, and that publishers are told of,
// for the sake of others: one listener's bad link must not take half of the bitrate of all.
const maxRepair = 0.2

// repairs lets the node's reports to a publisher say what is lost on the whole
// way to whoever gets the least of their voice, not only up to the node: Opus
// repeats each packet in the next one as far as the reported loss asks for it,
// and of the way behind the node a publisher knows nothing else. Only the
// fraction lost is changed, which a browser's encoder looks at; the packets
// lost, from which it judges its own link, are as they were counted.
type repairs struct {
	interceptor.NoOp
	streams atomic.Pointer[map[uint32]*repair] // by SSRC; replaced by BindRemoteStream
}

// repair is one published stream's.
type repair struct{ relay atomic.Pointer[Relay] }

// repairKey is where a packet's attributes have its *repair, for its relay.
type repairKey struct{}

// newRepairs makes those of one peer connection.
func newRepairs() interceptor.Factory { return factory{new(repairs)} }

// BindRemoteStream implements interceptor.Interceptor.
func (r *repairs) BindRemoteStream(info *interceptor.StreamInfo, reader interceptor.RTPReader) interceptor.RTPReader {
	s := new(repair)
	r.change(func(streams map[uint32]*repair) { streams[info.SSRC] = s })
	return interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := reader.Read(b, a)
		if err == nil && s.relay.Load() == nil {
			if a == nil {
				a = make(interceptor.Attributes)
			}
			a.Set(repairKey{}, s)
		}
		return n, a, err
	})
}

// UnbindRemoteStream implements interceptor.Interceptor.
func (r *repairs) UnbindRemoteStream(info *interceptor.StreamInfo) {
	r.change(func(streams map[uint32]*repair) { delete(streams, info.SSRC) })
}

// change replaces the streams.
func (r *repairs) change(how func(map[uint32]*repair)) {
	for {
		old := r.streams.Load()
		fresh := make(map[uint32]*repair)
		if old != nil {
			maps.Copy(fresh, *old)
		}
		if how(fresh); r.streams.CompareAndSwap(old, &fresh) {
			return
		}
	}
}

// BindRTCPWriter implements interceptor.Interceptor.
func (r *repairs) BindRTCPWriter(writer interceptor.RTCPWriter) interceptor.RTCPWriter {
	return interceptor.RTCPWriterFunc(func(packets []rtcp.Packet, a interceptor.Attributes) (int, error) {
		for _, p := range packets {
			if report, ok := p.(*rtcp.ReceiverReport); ok {
				r.raise(report.Reports)
			}
		}
		return writer.Write(packets, a)
	})
}

func (r *repairs) raise(reports []rtcp.ReceptionReport) {
	streams := r.streams.Load()
	if streams == nil {
		return
	}
	for i := range reports {
		s := (*streams)[reports[i].SSRC]
		if s == nil {
			continue
		}
		if relay := s.relay.Load(); relay != nil && relay.audio() {
			reports[i].FractionLost = max(reports[i].FractionLost, uint8(256*relay.Loss()))
		}
	}
}

// adopt lets the relay's listeners be heard of in the reports to its publisher.
func (r *Relay) adopt(a interceptor.Attributes) {
	if s, ok := a.Get(repairKey{}).(*repair); ok {
		s.relay.CompareAndSwap(nil, r)
	}
}

// Loss is the greatest that an outlet's peer last reported, 0 to maxRepair: what
// packets are to make up for.
func (r *Relay) Loss() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	worst := 0.0
	for _, t := range r.taps {
		if t.outlet != nil {
			worst = max(worst, float64(t.outlet.loss.Load())/256)
		}
	}
	return min(worst, maxRepair)
}
