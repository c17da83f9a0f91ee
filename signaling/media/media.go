package media

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/signaling/pionlog"
)

// DefaultPort is where media goes unless configured otherwise.
const DefaultPort = 7882

const (
	// tcpWriteBuffer bounds what waits for a slow ICE-TCP peer, in bytes;
	// beyond it packets are dropped. It is half a second at 2 Mbit/s.
	tcpWriteBuffer = 128 << 10
	// socketBuffer holds a burst of key frames for all viewers, in bytes.
	socketBuffer = 1 << 20
	// ICE: silence until a peer counts as disconnected, from then until it
	// counts as failed, and between keep-alives. Together 30 s.
	disconnectedAfter = 5 * time.Second
	failedAfter       = 25 * time.Second
	keepAlive         = 2 * time.Second
	// portAttempts is how often a free port is tried for both protocols.
	portAttempts = 10
)

// Port is the port that all media goes through: UDP, and ICE over TCP on the
// same number.
type Port struct {
	port     int
	udp      ice.UDPMux
	tcp      ice.TCPMux
	settings webrtc.SettingEngine
}

// Listen opens the media port on a host: an IP address, "localhost", or
// "" and the unspecified addresses for all. Port 0 takes any free one. On a
// loopback host only loopback candidates are offered.
func Listen(host string, port int, log *slog.Logger) (*Port, error) {
	ip, err := Address(host)
	if err != nil {
		return nil, err
	}
	var p *Port
	for range portAttempts {
		if p, err = listen(ip, port, log); err == nil || port != 0 {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open media port %d on %v: %w (is another node running? choose another with --media-port, or 0 for any free one)", port, ip, err)
	}
	log.Info("media port open", "address", ip, "port", p.port)
	return p, nil
}

// Address is the IP address of a host as Listen takes it.
func Address(host string) (netip.Addr, error) {
	switch host {
	case "":
		return netip.IPv6Unspecified(), nil
	case "localhost":
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("open media port: host %q must be an IP address, localhost or empty: %w", host, err)
	}
	return ip.Unmap(), nil
}

func listen(ip netip.Addr, port int, log *slog.Logger) (*Port, error) {
	host := ip.String()
	if ip == netip.IPv6Unspecified() {
		host = "" // both families, where the machine has both
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("tcp: %w", err)
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return nil, errors.Join(fmt.Errorf("tcp: address %v has no port", listener.Addr()), listener.Close())
	}
	p := &Port{port: address.Port}
	factory := pionlog.Factory{Log: log}
	if ip.IsUnspecified() {
		p.udp, err = ice.NewMultiUDPMuxFromPort(p.port, ice.UDPMuxFromPortWithLogger(factory.NewLogger("udp")),
			ice.UDPMuxFromPortWithReadBufferSize(socketBuffer), ice.UDPMuxFromPortWithWriteBufferSize(socketBuffer))
	} else {
		p.udp, err = listenUDP(ip, p.port, factory)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("udp: %w", err), listener.Close())
	}
	p.tcp = ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener: listener, Logger: factory.NewLogger("tcp"), ReadBufferSize: 32, WriteBufferSize: tcpWriteBuffer,
	})
	p.settings = settings(p, ip, factory)
	return p, nil
}

func listenUDP(ip netip.Addr, port int, factory pionlog.Factory) (ice.UDPMux, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(port))))
	if err != nil {
		return nil, err
	}
	// The kernel may grant less; that only makes bursts lossier.
	_ = conn.SetReadBuffer(socketBuffer)
	_ = conn.SetWriteBuffer(socketBuffer)
	return ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn, Logger: factory.NewLogger("udp")}), nil
}

// settings say how peers are reached: this node is an ICE-lite agent
// (RFC 8445 section 2.5) on one port, and never asks anybody for its address.
func settings(p *Port, ip netip.Addr, factory pionlog.Factory) webrtc.SettingEngine {
	var s webrtc.SettingEngine
	s.LoggerFactory = factory
	s.SetLite(true)
	s.SetICEUDPMux(p.udp)
	s.SetICETCPMux(p.tcp)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6})
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETimeouts(disconnectedAfter, failedAfter, keepAlive)
	s.SetSCTPMaxMessageSize(1 << 14)
	if !ip.IsUnspecified() {
		bound := net.IP(ip.AsSlice())
		s.SetIPFilter(func(candidate net.IP) bool { return candidate.Equal(bound) })
	}
	s.SetIncludeLoopbackCandidate(ip.IsLoopback())
	return s
}

// Number returns the port's number.
func (p *Port) Number() int { return p.port }

// Settings are those of a peer that is reached through the port.
func (p *Port) Settings() webrtc.SettingEngine { return p.settings }

// Close closes the port. Peers should be closed before.
func (p *Port) Close() error {
	if err := errors.Join(p.tcp.Close(), p.udp.Close()); err != nil {
		return fmt.Errorf("close media port %d: %w", p.port, err)
	}
	return nil
}
