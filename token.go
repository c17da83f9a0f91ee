package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/signaling/token"
)

// tokenCommand makes access tokens and API keys.
type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Print an access token, or with --link the link that opens the room with it."`
	Keys   tokenKeysCommand   `cmd:"" help:"Print a fresh API key to put into api-keys."`
}

// tokenKeysCommand makes an API key.
type tokenKeysCommand struct{}

// Run prints NAME:SECRET.
func (tokenKeysCommand) Run(env *environment) error {
	fmt.Fprintln(env.stdout, token.NewKey().Reveal())
	return nil
}

// tokenCreateCommand makes a token with a configured API key. --cube, which is
// a setting, names the cube whose rig the identity may attach to a seat.
type tokenCreateCommand struct {
	Room      string        `required:"" env:"-" placeholder:"NAME" help:"Room that may be joined."`
	Identity  string        `env:"-" placeholder:"ID" help:"Who it is for, the same on every visit."`
	Invite    bool          `env:"-" help:"For whoever holds it: a guest gets an identity on joining."`
	Name      string        `env:"-" placeholder:"NAME" help:"Name to be shown."`
	Role      string        `env:"-" default:"speaker" enum:"host,speaker,listener" help:"host, speaker or listener (${default})."`
	Lobby     string        `env:"-" default:"room" enum:"room,bypass,wait" help:"room (as the room does), bypass or wait for a host (${default})."`
	NoPublish bool          `env:"-" help:"Sends neither tracks nor messages, whatever a host allows."`
	TTL       time.Duration `env:"-" name:"ttl" default:"6h" help:"Time that it is valid (${default})."`
	Key       string        `env:"-" placeholder:"NAME" help:"API key that signs it (the first of api-keys)."`
	Link      string        `env:"-" placeholder:"URL" help:"Address of the node's page, to print a link instead of the token."`
}

// Run prints one line.
func (c *tokenCreateCommand) Run(env *environment) error {
	if (c.Identity == "") == !c.Invite {
		return errors.New("create token: say either who it is for with --identity, or --invite")
	}
	key, err := c.key(env.config)
	if err != nil {
		return fmt.Errorf("create token: %w", err)
	}
	if key.Weak() {
		env.log.Warn("API key is short: HS256 asks for 32 characters", "key", key.Name)
	}
	signer, err := token.NewSigner(key)
	if err != nil {
		return err
	}
	line, err := signer.Sign(c.token(env.cube), c.TTL)
	if err != nil {
		return err
	}
	if c.Link != "" {
		if line, err = token.Link(c.Link, c.Room, line); err != nil {
			return err
		}
	}
	fmt.Fprintln(env.stdout, line)
	return nil
}

func (c *tokenCreateCommand) key(config *Config) (token.Key, error) {
	keys, err := config.apiKeys()
	if err != nil {
		return token.Key{}, err
	}
	for _, k := range keys {
		if c.Key == "" || k.Name == c.Key {
			return k, nil
		}
	}
	if len(keys) > 0 {
		return token.Key{}, fmt.Errorf("api-keys has no key of name %q", c.Key)
	}
	return token.Key{}, errors.New("there is no API key: `virtualcube token keys` makes one, put it into api-keys or VIRTUALCUBE_API_KEYS")
}

func (c *tokenCreateCommand) token(cube string) *token.Token {
	t := &token.Token{
		Identity: c.Identity, Name: c.Name, Role: token.Role(c.Role), Cube: cube,
		Grants: token.Grants{RoomJoin: true, Room: c.Room, RoomAdmin: c.Role == string(token.Host)},
	}
	if c.Lobby != "room" {
		t.Lobby = token.Lobby(c.Lobby)
	}
	if c.NoPublish {
		no := false
		t.Grants.CanPublish = &no
	}
	return t
}
