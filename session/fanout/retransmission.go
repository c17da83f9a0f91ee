package fanout

import (
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/rtp"
)

// packets is one half of what answers requests for lost packets, past the
// congestion controller: packets that come again go to the wire without a transport-wide
// sequence number. A receiver reports with the SSRC of the packet that came
// last, and pion reads no reports for the SSRC of retransmissions. So a
// controller that counted these would hear nothing for as long as many packets
// are lost, which is when it is needed.
//
// It stands in a registry twice, with one peer connection: packets pass it
// nearest to the wire, reports after the controller, whose estimate limits what
// is sent again.
type packets struct {
	interceptor.NoOp
	responder interceptor.Interceptor
}

// reports is the half that reports pass; see packets.
type reports struct {
	interceptor.NoOp
	responder interceptor.Interceptor
}

// factory makes an interceptor that was made already.
type factory struct{ interceptor.Interceptor }

// NewInterceptor implements interceptor.Factory.
func (f factory) NewInterceptor(string) (interceptor.Interceptor, error) { return f.Interceptor, nil }

// newRetransmission makes both halves for one peer connection.
func newRetransmission() (nearWire, afterControl interceptor.Factory, err error) {
	f, err := nack.NewResponderInterceptor()
	if err != nil {
		return nil, nil, err
	}
	responder, err := f.NewInterceptor("")
	if err != nil {
		return nil, nil, err
	}
	return factory{&packets{responder: responder}}, factory{&reports{responder: responder}}, nil
}

// BindLocalStream implements interceptor.Interceptor.
func (p *packets) BindLocalStream(info *interceptor.StreamInfo, wire interceptor.RTPWriter) interceptor.RTPWriter {
	var id uint8
	for _, e := range info.RTPHeaderExtensions {
		if e.URI == transportCCURI {
			id = uint8(e.ID)
		}
	}
	return p.responder.BindLocalStream(info, interceptor.RTPWriterFunc(func(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
		if h.SSRC != info.SSRC && id != 0 {
			again := h.Clone() // the responder keeps h for the next request
			if err := again.DelExtension(id); err != nil {
				return 0, err
			}
			h = &again
		}
		return wire.Write(h, payload, a)
	}))
}

// UnbindLocalStream implements interceptor.Interceptor.
func (p *packets) UnbindLocalStream(info *interceptor.StreamInfo) {
	p.responder.UnbindLocalStream(info)
}

// Close implements interceptor.Interceptor.
func (p *packets) Close() error { return p.responder.Close() }

// BindRTCPReader implements interceptor.Interceptor.
func (r *reports) BindRTCPReader(reader interceptor.RTCPReader) interceptor.RTCPReader {
	return r.responder.BindRTCPReader(reader)
}
