package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling"
	"github.com/virtualcube/virtualcube/signaling/token"
)

// Config is everything that can be set. A setting has one name: the key of the
// configuration file is the flag's name, and the environment variable is that
// name in capitals after VIRTUALCUBE_. The file lies below the environment,
// and the environment below the flags.
type Config struct {
	Rig   string `yaml:"rig" group:"picture" placeholder:"ADDRESS" default:"synthetic:" help:"Cameras to show, where a command names none (${default})."`
	Cube  string `yaml:"cube" group:"picture" placeholder:"NAME" default:"cube" help:"Name of the cube in addresses and on the page (${default})."`
	Size  Size   `yaml:"size" group:"picture" placeholder:"WxH" help:"Size of a view's colour in pixels, multiples of 64 (512x512)."`
	Level string `yaml:"level" group:"picture" placeholder:"LEVEL" default:"auto" enum:"low,medium,high,auto" help:"Quality of the picture: low, medium, high or auto (${default})."`
	Views int    `yaml:"views" group:"picture" placeholder:"N" default:"2" help:"Views at a time: as many places from which the viewers' eyes are served (${default})."`

	Listen   string   `yaml:"listen" group:"network" placeholder:"HOST:PORT" default:"127.0.0.1:8080" help:"Address of the page and of signalling (${default})."`
	Media    int      `yaml:"media-port" name:"media-port" group:"network" placeholder:"PORT" default:"7882" help:"UDP and TCP port of all media; 0 takes a free one (${default})."`
	TURN     int      `yaml:"turn-port" name:"turn-port" group:"network" placeholder:"PORT" default:"0" help:"UDP and TCP port of the TURN server, for networks that let nothing else through; 0 is none (${default})."`
	Origins  []string `yaml:"origins" group:"network" placeholder:"URL,..." help:"Pages of other sites that may watch, as https://host[:port]."`
	Hosts    []string `yaml:"hosts" group:"network" placeholder:"NAME,..." help:"Names under which this node is reached, beside its addresses."`
	Keys     []Secret `yaml:"keys" group:"network" placeholder:"SECRET,..." help:"Bearer tokens, one of which a viewer must present; needed beyond loopback."`
	APIKeys  []Secret `yaml:"api-keys" name:"api-keys" group:"network" placeholder:"NAME:SECRET,..." help:"API keys that sign access tokens (see token keys)."`
	JWKS     string   `yaml:"jwks" name:"jwks" group:"network" placeholder:"FILE|URL" help:"JSON Web Key Set of others who sign access tokens: a file or an https URL."`
	Dev      bool     `yaml:"dev" group:"network" help:"A demo room that needs no token, on loopback alone."`
	Viewers  int      `yaml:"viewers" group:"network" placeholder:"N" default:"64" help:"Viewers at a time (${default})."`
	TLS      string   `yaml:"tls" group:"network" placeholder:"MODE" default:"off" enum:"off,files,self,acme" help:"Certificate: off, files (tls-cert and tls-key), self (self-signed) or acme (${default})."`
	TLSCert  string   `yaml:"tls-cert" group:"network" placeholder:"FILE" help:"Certificate chain in PEM."`
	TLSKey   string   `yaml:"tls-key" group:"network" placeholder:"FILE" help:"Private key in PEM."`
	ACMEMail string   `yaml:"acme-mail" group:"network" placeholder:"ADDRESS" help:"Contact for the certificate authority."`

	Room   string `yaml:"room-name" name:"room-name" group:"room" placeholder:"NAME" default:"demo" help:"Room that the rig is in, open from the beginning (${default})."`
	Layout string `yaml:"room-layout" name:"room-layout" group:"room" placeholder:"NAME|FILE" default:"round-table" help:"Its layout: face-to-face, round-table, side-by-side or a layout file (${default})."`
	Seats  int    `yaml:"room-seats" name:"room-seats" group:"room" placeholder:"N" help:"Its seats (as many as the file has, 2 face to face, else 6)."`
	Lobby  bool   `yaml:"room-lobby" name:"room-lobby" group:"room" help:"Who comes waits in a lobby until a host lets them in."`

	Provider         string `yaml:"provider" group:"filter" placeholder:"NAME" default:"cpu" enum:"cpu,cuda,tensorrt,openvino" help:"What computes the models of filters: cpu, cuda, tensorrt or openvino; a filter that cannot have it does not open (${default})."`
	Filters          string `yaml:"filters" group:"filter" placeholder:"DIR" help:"Folder with filters of others: manifests of ONNX models (*.yaml) and WebAssembly modules (*.wasm)."`
	FilterMicrophone string `yaml:"filter-microphone" name:"filter-microphone" group:"filter" placeholder:"CHAIN" help:"Filters on every voice from the beginning, as in denoise(strength=0.8),vad."`
	FilterCamera     string `yaml:"filter-camera" name:"filter-camera" group:"filter" placeholder:"CHAIN" help:"Filters on every webcam."`
	FilterRig        string `yaml:"filter-rig" name:"filter-rig" group:"filter" placeholder:"CHAIN" help:"Filters on the frames of the rig."`

	Bitrate int `yaml:"bitrate" group:"picture" placeholder:"BITS" default:"1500000" help:"Video bits a second to start with (${default})."`
	Floor   int `yaml:"bitrate-floor" name:"bitrate-floor" group:"picture" placeholder:"BITS" default:"600000" help:"Least video bits a second at full size; viewers whose link holds less get half the size, from a third on (${default})."`
	Ceiling int `yaml:"bitrate-ceiling" name:"bitrate-ceiling" group:"picture" placeholder:"BITS" default:"4000000" help:"Most video bits a second (${default})."`

	StateDir  string `yaml:"state-dir" group:"machine" placeholder:"DIR" help:"Certificates that the node makes (XDG state folder)."`
	CacheDir  string `yaml:"cache-dir" group:"machine" placeholder:"DIR" help:"What can be made again, such as the synthetic rig's pictures (XDG cache folder)."`
	Models    string `yaml:"models" group:"machine" placeholder:"DIR" help:"Weights of models (models in the cache folder)."`
	LogLevel  string `yaml:"log-level" group:"machine" placeholder:"LEVEL" default:"info" enum:"debug,info,warn,error" help:"debug, info, warn or error (${default})."`
	LogFormat string `yaml:"log-format" group:"machine" placeholder:"FORMAT" default:"text" enum:"text,json" help:"text or json (${default})."`
}

// complete fills in what depends on the machine and on other settings.
func (c *Config) complete() error {
	if c.TLS == "off" && (c.TLSCert != "" || c.TLSKey != "") {
		c.TLS = "files"
	}
	if c.Size == (Size{}) {
		c.Size = Size{Width: 512, Height: 512}
	}
	var err error
	if c.StateDir == "" {
		if c.StateDir, err = stateDir(); err != nil {
			return fmt.Errorf("find the state folder: %w; name one with --state-dir", err)
		}
	}
	if c.CacheDir == "" {
		if c.CacheDir, err = os.UserCacheDir(); err != nil {
			return fmt.Errorf("find the cache folder: %w; name one with --cache-dir", err)
		}
		c.CacheDir = filepath.Join(c.CacheDir, "virtualcube")
	}
	if c.Models == "" {
		c.Models = filepath.Join(c.CacheDir, "models")
	}
	return nil
}

// keys are the configured secrets in the clear.
func (c *Config) keys() []string {
	keys := make([]string, len(c.Keys))
	for i, k := range c.Keys {
		keys[i] = string(k)
	}
	return keys
}

// apiKeys are the configured API keys, no two of one name.
func (c *Config) apiKeys() ([]token.Key, error) {
	var keys []token.Key
	for _, text := range c.APIKeys {
		key, err := token.ParseKey(string(text))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(keys, func(k token.Key) bool { return k.Name == key.Name }) {
			return nil, fmt.Errorf("there are two of name %s: rename one", key.Name)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// tokens verify access tokens; nil where neither API keys nor a key set are
// configured.
func (c *Config) tokens(log *slog.Logger) (*token.Verifier, error) {
	keys, err := c.apiKeys()
	if err != nil || len(keys) == 0 && c.JWKS == "" {
		return nil, err
	}
	return token.NewVerifier(token.Config{Keys: keys, KeySet: c.JWKS, Log: log})
}

// stateDir follows the XDG base directory specification.
func stateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "virtualcube"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "virtualcube"), nil
}

// Limits of the configuration.
const (
	minBitrate = 100_000
	maxBitrate = 50_000_000
	maxViewers = 10_000
	maxViews   = 16
)

// validate refuses what cannot work, each with the setting's name.
func (c *Config) validate() error {
	var errs []error
	refuse := func(setting, format string, args ...any) {
		errs = append(errs, fmt.Errorf(setting+": "+format, args...))
	}
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`).MatchString(c.Cube) {
		refuse("cube", "%q is no name for an address; use letters, digits, - and _", c.Cube)
	}
	if err := (pack.Layout{Width: c.Size.Width, Height: c.Size.Height}).Validate(); err != nil {
		refuse("size", "%w", err)
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil {
		refuse("listen", "%q is not HOST:PORT, for example 127.0.0.1:8080", c.Listen)
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		refuse("listen", "port %q is not in 0 to 65535", port)
	}
	if c.Media < 0 || c.Media > 65535 {
		refuse("media-port", "%d is not in 0 to 65535", c.Media)
	}
	if c.TURN < 0 || c.TURN > 65535 {
		refuse("turn-port", "%d is not in 0 to 65535", c.TURN)
	}
	if c.Viewers < 1 || c.Viewers > maxViewers {
		refuse("viewers", "%d is not in 1 to %d", c.Viewers, maxViewers)
	}
	if !session.ValidName(c.Room) {
		refuse("room-name", "%q is no name for a room; use 1 to 64 letters, digits, - and _", c.Room)
	}
	if c.Dev && !signaling.Loopback(c.Listen) {
		refuse("dev", "the demo room lets in everybody without a token: listen on 127.0.0.1, or set api-keys instead")
	}
	if c.Views < 1 || c.Views > maxViews {
		refuse("views", "%d is not in 1 to %d", c.Views, maxViews)
	}
	if c.Floor < minBitrate || c.Ceiling > maxBitrate || c.Bitrate < c.Floor || c.Bitrate > c.Ceiling {
		refuse("bitrate", "%d <= bitrate-floor (%d) <= bitrate (%d) <= bitrate-ceiling (%d) <= %d does not hold", minBitrate, c.Floor, c.Bitrate, c.Ceiling, maxBitrate)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") || (c.TLS == "files" && c.TLSCert == "") {
		refuse("tls", "a certificate needs both tls-cert and tls-key")
	}
	if c.TLS != "files" && c.TLSCert != "" {
		refuse("tls", "tls-cert is given and tls is %s; leave one away", c.TLS)
	}
	for _, k := range c.Keys {
		if len(k) < signaling.MinKey {
			refuse("keys", "a key of %d characters can be guessed; at least %d are needed (openssl rand -hex 16)", len(k), signaling.MinKey)
		}
	}
	if _, err := c.apiKeys(); err != nil {
		refuse("api-keys", "%w", err)
	}
	if err := token.CheckKeySet(c.JWKS); err != nil {
		refuse("jwks", "%w", err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return nil
}

// Size is a picture's width and height in pixels, written 512x512.
type Size struct{ Width, Height int }

func (s Size) String() string { return fmt.Sprintf("%dx%d", s.Width, s.Height) }

// MarshalText writes WxH.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads WxH.
func (s *Size) UnmarshalText(text []byte) error {
	width, height, ok := strings.Cut(string(text), "x")
	w, errW := strconv.Atoi(width)
	h, errH := strconv.Atoi(height)
	if !ok || errW != nil || errH != nil {
		return fmt.Errorf("size %q is not WIDTHxHEIGHT, for example 512x512", text)
	}
	s.Width, s.Height = w, h
	return nil
}

// Secret is a string that no print shows.
type Secret string

func (Secret) String() string { return "(secret)" }

// MarshalText hides the secret from YAML and JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
