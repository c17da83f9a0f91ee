package signaling

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/acme/autocert"
)

// TLSMode says where the certificate comes from.
type TLSMode string

// Modes.
const (
	TLSOff   TLSMode = "off"   // plain HTTP, on loopback only
	TLSFiles TLSMode = "files" // given
	TLSSelf  TLSMode = "self"  // self-signed, kept in the state folder
	TLSACME  TLSMode = "acme"  // from Let's Encrypt, by TLS-ALPN-01 on this port
)

// TLS says how connections are secured. The zero value is TLSOff.
type TLS struct {
	Mode      TLSMode
	Cert, Key string // PEM files, for TLSFiles
	Mail      string // contact for the certificate authority, may be empty
	StateDir  string // for TLSSelf and TLSACME
}

func (t TLS) validate(hosts []string) error {
	switch t.Mode {
	case "", TLSOff:
		return nil
	case TLSFiles:
		if t.Cert == "" || t.Key == "" {
			return errors.New("TLS from files needs --tls-cert and --tls-key")
		}
		return nil
	case TLSSelf, TLSACME:
		if t.StateDir == "" {
			return fmt.Errorf("TLS %s needs a state folder: set --state-dir", t.Mode)
		}
		if t.Mode == TLSACME && len(hosts) == 0 {
			return errors.New("TLS acme needs the public name of this node: set --hosts")
		}
		return nil
	}
	return fmt.Errorf("TLS mode %q is unknown: off, files, self and acme are possible", t.Mode)
}

// open returns the configuration, nil for TLSOff, and the fingerprint of a
// self-signed certificate.
func (t TLS) open(hosts []string) (config *tls.Config, fingerprint string, err error) {
	switch t.Mode {
	case TLSFiles:
		pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, "", fmt.Errorf("load certificate %s and key %s: %w", t.Cert, t.Key, err)
		}
		return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, "", nil
	case TLSSelf:
		pair, err := selfSigned(filepath.Join(t.StateDir, "tls"), hosts)
		if err != nil {
			return nil, "", fmt.Errorf("self-signed certificate: %w", err)
		}
		config = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		return config, fingerprintOf(pair.Certificate[0]), nil
	case TLSACME:
		manager := &autocert.Manager{
			Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(hosts...),
			Cache: autocert.DirCache(filepath.Join(t.StateDir, "acme")), Email: t.Mail,
		}
		config = manager.TLSConfig()
		config.MinVersion = tls.VersionTLS12
		return config, "", nil
	}
	return nil, "", nil
}

// fingerprintOf is the SHA-256 of a certificate as browsers show it.
func fingerprintOf(der []byte) string {
	sum := sha256.Sum256(der)
	return strings.ToUpper(strings.ReplaceAll(fmt.Sprintf("% x", sum), " ", ":"))
}
