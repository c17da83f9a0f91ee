package room_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

// resume is how a guest who was cut off comes back.
func (g *guest) resume() roomclient.Config {
	v := g.View()
	return roomclient.Config{Resume: v.Welcome.Resume, State: v.State}
}

func TestComesBackToTheSeat(t *testing.T) {
	n := serve(t, nil)
	ada, bob := n.enter("Ada"), n.enter("Bob")
	bob.speak()
	ada.gets(bob.id()+"/microphone", 10)
	id, seat := bob.id(), bob.View().State.People[bob.id()].Seat
	item := ada.ask(func(req int) any {
		return protocol.Place{Type: "place", Req: req, Kind: session.SharedScreen, Title: "Plan", Aspect: 1.5}
	})
	bob.cut()
	ada.until("Bob is lost", func(v roomclient.View) bool { return !v.State.People[id].Present })
	if p := ada.View().State.People[id]; p.Seat != seat || p.Quality != session.Lost {
		t.Errorf("while he is away: %+v", p)
	}
	ada.ask(func(req int) any { return protocol.Say{Type: "say", Req: req, Text: "where is Bob?"} })
	back := n.enters(bob.resume())
	if w := back.View().Welcome; w.You != id || !w.Resumed {
		t.Errorf("welcomed as %+v, he was %s", w, id)
	}
	back.until("what was said meanwhile", func(v roomclient.View) bool { return len(v.State.Lines) == 1 })
	ada.until("Bob is back", func(v roomclient.View) bool { return v.State.People[id].Present })
	if p := ada.View().State.People[id]; p.Seat != seat {
		t.Errorf("he sits on %d, before on %d", p.Seat, seat)
	}
	back.speak()
	ada.gets(id+"/microphone", 10)
	if _, there := ada.View().State.Items[item.ID]; !there {
		t.Error("what was shared is gone")
	}
	// A secret is good for the newest connection alone, and a wrong one for none.
	late := n.enters(roomclient.Config{Resume: strings.Repeat("A", 26), Name: "Eve"})
	if w := late.View().Welcome; w.You == id || w.Resumed {
		t.Errorf("a wrong secret is taken: %+v", w)
	}
}

func TestReplacedByOwnReturn(t *testing.T) {
	n := serve(t, nil)
	bob := n.enter("Bob")
	back := n.enters(bob.resume()) // before the node noticed that he was gone
	if back.id() != bob.id() {
		t.Errorf("he is %s, was %s", back.id(), bob.id())
	}
	if end := bob.end(); end.Error != protocol.ErrorReplaced {
		t.Errorf("the connection before: %+v", end)
	}
}

func TestDoesNotComeBack(t *testing.T) {
	n := serve(t, func(c *room.Config) { c.Rooms[0].Kept = 300 * time.Millisecond })
	host := n.enter("Host")
	ada, bob := n.enter("Ada"), n.enter("Bob")
	id, seat := host.id(), host.View().State.People[host.id()].Seat
	if host.View().State.People[id].Role != session.Host {
		t.Fatalf("the first is %+v", host.View().State.People[id])
	}
	ada.ask(func(req int) any { return protocol.Say{Type: "say", Req: req, Text: "it stays said"} })
	host.cut()
	ada.until("somebody else leads", func(v roomclient.View) bool {
		_, there := v.State.People[id]
		return !there && v.State.People[ada.id()].Role == session.Host
	})
	ada.ask(func(req int) any { return protocol.Rule{Type: "rule", Req: req, Murmur: true} })
	if lines := bob.View().State.Lines; len(lines) != 1 {
		t.Errorf("what was said: %v", lines)
	}
	late := n.enters(host.resume())
	if v := late.View(); v.Welcome.You == id || v.Welcome.Resumed {
		t.Errorf("who comes back too late is %+v", v.Welcome)
	} else if p := v.State.People[late.id()]; p.Seat != seat || p.Role != session.Speaker {
		t.Errorf("they are %+v, the seat %d is free", p, seat)
	}
}

func TestSilentPage(t *testing.T) {
	n := serve(t, func(c *room.Config) { c.Timeouts.Silent = 1500 * time.Millisecond })
	ada := n.enter("Ada") // who pings
	p := n.page()
	p.enter()
	var w protocol.Welcome
	p.await("welcome", &w)
	ada.until("the page came", func(v roomclient.View) bool { return v.State.People[w.You].Present })
	ada.until("the page is lost", func(v roomclient.View) bool { return !v.State.People[w.You].Present })
}

// TestSlowPage has a page that does not read what it is sent.
func TestSlowPage(t *testing.T) {
	n := serve(t, func(c *room.Config) { c.Timeouts.Write = 300 * time.Millisecond })
	ada := n.enter("Ada")
	p := n.page()
	p.enter()
	var w protocol.Welcome
	p.await("welcome", &w)
	id := w.You
	reader := n.enter("Reader")
	ada.until("the page came", func(v roomclient.View) bool { return v.State.People[id].Present })
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for ada.View().State.People[id].Present {
		_, err := ada.Ask(ada.ctx, func(req int) any { return protocol.Say{Type: "say", Req: req, Text: strings.Repeat("\u58f0", 2000)} })
		if failed, ok := errors.AsType[*roomclient.FailedError](err); err != nil && (!ok || failed.Failed.Error != protocol.ErrorRate) {
			t.Fatal(err)
		}
		<-ticker.C
	}
	reader.until("the others were told", func(v roomclient.View) bool { return !v.State.People[id].Present })
}

// TestGivesUpAsking has a participant who gives up some requests while they are
// being sent, and is no less connected for it.
func TestGivesUpAsking(t *testing.T) {
	ada := serve(t, nil).enter("Ada")
	for i := range 100 {
		ctx, cancel := context.WithCancel(ada.ctx)
		stop := time.AfterFunc(time.Duration(i)*time.Microsecond, cancel)
		_, _ = ada.Ask(ctx, func(req int) any { return protocol.Say{Type: "say", Req: req, Text: strings.Repeat("\u58f0", 2000)} })
		stop.Stop()
		cancel()
	}
	if err := ada.Publish(ada.ctx, session.Microphone, true); err != nil {
		t.Fatal(err)
	}
}

// png is the beginning of a picture, which is what counts.
var png = []byte("\x89PNG\r\n\x1a\n0000IHDR")

func TestPictures(t *testing.T) {
	n := serve(t, nil)
	ada := n.enter("Ada")
	path := n.url + "/api/room/demo/pictures"
	upload := func(url, secret string, data []byte) answered {
		t.Helper()
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", "Bearer "+secret)
		return do(t, q)
	}
	secret := ada.View().Welcome.Resume
	for _, test := range []struct {
		name, url, secret string
		data              []byte
		want              int
	}{
		{"of nobody", path, "", png, http.StatusUnauthorized},
		{"with a wrong secret", path, "AAAA", png, http.StatusUnauthorized},
		{"into another room", n.url + "/api/room/cellar/pictures", secret, png, http.StatusUnauthorized},
		{"too large", path, secret, append(png[:len(png):len(png)], make([]byte, 5<<20)...), http.StatusRequestEntityTooLarge},
		{"that is a page", path, secret, []byte("<!doctype html><script>"), http.StatusUnsupportedMediaType},
		{"that is a drawing with code", path, secret, []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="x()">`), http.StatusUnsupportedMediaType},
		{"that is nothing", path, secret, nil, http.StatusUnsupportedMediaType},
	} {
		if got := upload(test.url, test.secret, test.data); got.status != test.want {
			t.Errorf("a picture %s: %d, want %d", test.name, got.status, test.want)
		}
	}
	first := pathOf(t, upload(path, secret, png))
	got := get(t, n.url+first)
	if got.status != http.StatusOK || got.kind != "image/png" || !bytes.Equal(got.body, png) {
		t.Errorf("the picture: %+v", got)
	}
	if got := get(t, n.url+first+"x"); got.status != http.StatusNotFound {
		t.Errorf("a picture that is not there: %+v", got)
	}
	done := ada.ask(func(req int) any {
		return protocol.Place{Type: "place", Req: req, Kind: session.Picture, Picture: first, Aspect: 1}
	})
	ada.until("the item", func(v roomclient.View) bool { return v.State.Items[done.ID].Picture == first })
	second := pathOf(t, upload(path, secret, png))
	for range 24 { // as many as are kept
		pathOf(t, upload(path, secret, png))
	}
	if got := get(t, n.url+first); got.status != http.StatusOK {
		t.Errorf("the oldest of too many, which an item shows: %+v", got)
	}
	if got := get(t, n.url+second); got.status != http.StatusNotFound {
		t.Errorf("the oldest that none shows: %+v", got)
	}
}

// TestBackToTheLobby says that who is sent there waits, whether newcomers have to
// or not, and may be let in again over the same connection.
func TestBackToTheLobby(t *testing.T) {
	n := serve(t, nil)
	ada, bob := n.enter("Ada"), n.enter("Bob")
	ada.speak()
	bob.gets(ada.id()+"/microphone", 10)
	before := bob.id()
	ada.ask(func(req int) any { return protocol.Remove{Type: "remove", Req: req, Person: before, Lobby: true} })
	bob.until("in the lobby", func(v roomclient.View) bool { return v.Waiting })
	guest := ""
	ada.until("a guest", func(v roomclient.View) bool {
		for id := range v.State.Guests {
			guest = id
		}
		_, still := v.State.People[before]
		return guest != "" && !still
	})
	ada.ask(func(req int) any { return protocol.Admit{Type: "admit", Req: req, Guest: guest, In: true} })
	bob.until("back in the room", func(v roomclient.View) bool { return !v.Waiting && v.Welcome.You != before && len(v.State.People) == 2 })
	bob.gets(ada.id()+"/microphone", 10)
}
