package rtc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// Limits of what a participant may send, in bytes.
const (
	MaxAnswer    = 64 << 10
	MaxCandidate = 1 << 10
	// maxCandidates bounds those that follow one answer.
	maxCandidates = 64
)

const gatherWithin = 5 * time.Second

// Errors of Answer and Candidate that a caller may want to tell.
var (
	// ErrStale says that an answer is for another offer than the newest.
	ErrStale = errors.New("the answer is for an offer that is no longer valid: answer the newest one")
	// ErrBadAnswer says that the answer cannot be used.
	ErrBadAnswer = errors.New("the answer is not valid")
	// ErrTooMany says that a limit was reached.
	ErrTooMany = errors.New("too many")
)

// negotiation is the state of offers and answers. Who holds its slot may
// change it.
type negotiation struct {
	slot       chan struct{} // one
	id         int           // of the newest offer
	pending    bool          // it was not answered
	answered   bool          // some offer was
	sections   int           // of the newest offer
	outlets    int           // that were offered
	fresh      string        // a description with newer ICE credentials than the pending one; empty: none
	candidates int           // since the last answer
	over       bool          // the peer is about to close
}

func newNegotiation() negotiation { return negotiation{slot: make(chan struct{}, 1)} }

func (n *negotiation) take(ctx context.Context) error {
	select {
	case n.slot <- struct{}{}:
		if n.over {
			n.release()
			return ErrClosed
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (n *negotiation) release() { <-n.slot }

// end waits for what is under way and lets nothing begin any more: pion makes
// an ICE agent in it, which nobody would close after the peer was closed.
func (n *negotiation) end() {
	n.slot <- struct{}{}
	n.over = true
	n.release()
}

// Offer returns an offer with all candidates, and its id, which Answer needs.
// While an offer waits for its answer it is the same one with a new id; then,
// if there are more outlets, NeedsOffer says so after the answer. With restart
// the ICE session begins again: nothing is received from then until the answer.
func (p *Peer) Offer(ctx context.Context, restart bool) (id int, description string, err error) {
	n := &p.negotiation
	if err := n.take(ctx); err != nil {
		return 0, "", fmt.Errorf("offer: %w", err)
	}
	defer n.release()
	if description, err = p.offer(ctx, restart && n.answered); err != nil {
		return 0, "", fmt.Errorf("offer: %w", err)
	}
	n.id++
	n.sections = strings.Count(description, "\nm=")
	return n.id, description, nil
}

func (p *Peer) offer(ctx context.Context, restart bool) (string, error) {
	n := &p.negotiation
	if n.pending && !restart {
		return p.described(ctx)
	}
	if !n.pending {
		if err := p.addOutlets(); err != nil {
			return "", err
		}
	}
	offer, err := p.peer.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return "", err
	}
	if n.pending { // which pion cannot replace; nothing but the credentials is new
		n.fresh = offer.SDP
		return p.described(ctx)
	}
	n.fresh = ""
	if err := p.peer.SetLocalDescription(offer); err != nil {
		return "", err
	}
	n.pending = true
	return p.described(ctx)
}

// described returns the pending offer once all candidates are known.
func (p *Peer) described(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, gatherWithin)
	defer cancel()
	select {
	case <-webrtc.GatheringCompletePromise(p.peer):
	case <-ctx.Done():
		return "", fmt.Errorf("gather candidates: %w", ctx.Err())
	}
	return withCredentials(p.peer.LocalDescription().SDP, p.negotiation.fresh), nil
}

// withCredentials replaces the ICE credentials of a description by another's.
// Everything is bundled: the first section speaks for all.
func withCredentials(description, fresh string) string {
	for _, key := range []string{"a=ice-ufrag:", "a=ice-pwd:"} {
		if _, value, ok := strings.Cut(fresh, key); ok {
			value, _, _ = strings.Cut(value, "\r\n")
			lines := strings.Split(description, "\r\n")
			for i, line := range lines {
				if strings.HasPrefix(line, key) {
					lines[i] = key + value
				}
			}
			description = strings.Join(lines, "\r\n")
		}
	}
	return description
}

// addOutlets makes a section for each outlet that has none.
func (p *Peer) addOutlets() error {
	p.mu.Lock()
	slots := p.slots // only appended to
	p.mu.Unlock()
	for _, s := range slots[p.negotiation.outlets:] {
		t, err := p.peer.AddTransceiverFromTrack(s.outlet, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		if err == nil {
			err = t.SetMid(s.mid)
		}
		if err != nil {
			return fmt.Errorf("add outlet %s: %w", s.mid, err)
		}
		p.negotiation.outlets++
	}
	return nil
}

// Answer takes the answer to the newest offer. Its errors wrap ErrStale or
// ErrBadAnswer; the offer can be answered again after the latter.
func (p *Peer) Answer(ctx context.Context, id int, description string) error {
	n := &p.negotiation
	if err := n.take(ctx); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	defer n.release()
	if !n.pending || id != n.id {
		return fmt.Errorf("answer %d: %w", id, ErrStale)
	}
	if err := checkAnswer(description, n.sections); err != nil {
		return fmt.Errorf("answer %d: %w: %w", id, ErrBadAnswer, err)
	}
	if err := p.peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: description}); err != nil {
		return fmt.Errorf("answer %d: %w: %w", id, ErrBadAnswer, err)
	}
	n.pending, n.answered, n.candidates = false, true, 0
	return nil
}

// NeedsOffer says that there are outlets which the participant does not know.
func (p *Peer) NeedsOffer(ctx context.Context) (bool, error) {
	n := &p.negotiation
	if err := n.take(ctx); err != nil {
		return false, err
	}
	defer n.release()
	p.mu.Lock()
	defer p.mu.Unlock()
	return !n.answered || len(p.slots) > n.outlets, nil
}

func checkAnswer(description string, sections int) error {
	if len(description) > MaxAnswer {
		return fmt.Errorf("%d bytes, %d are possible", len(description), MaxAnswer)
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(description); err != nil {
		return err
	}
	if len(d.MediaDescriptions) != sections {
		return fmt.Errorf("%d media sections, the offer has %d", len(d.MediaDescriptions), sections)
	}
	for _, key := range []string{"ice-ufrag", "ice-pwd", "fingerprint"} {
		found := has(d.Attributes, key)
		for _, m := range d.MediaDescriptions {
			found = found || has(m.Attributes, key)
		}
		if !found {
			return fmt.Errorf("a=%s is missing", key)
		}
	}
	return nil
}

func has(attributes []sdp.Attribute, key string) bool {
	for _, a := range attributes {
		if a.Key == key {
			return true
		}
	}
	return false
}

// Candidate adds one of the participant's ICE candidates ("candidate:..."), of
// the section mid. One that cannot be used is no error: an ICE-lite agent
// learns the real address from the first check.
func (p *Peer) Candidate(ctx context.Context, mid, candidate string) error {
	n := &p.negotiation
	if err := n.take(ctx); err != nil {
		return fmt.Errorf("candidate: %w", err)
	}
	defer n.release()
	if n.candidates++; n.candidates > maxCandidates || len(candidate) > MaxCandidate || len(mid) > 16 {
		return fmt.Errorf("candidate: %w: %d of them, %d bytes; %d and %d are possible", ErrTooMany, n.candidates, len(candidate), maxCandidates, MaxCandidate)
	}
	if !n.answered || candidate == "" {
		return nil
	}
	if err := p.peer.AddICECandidate(webrtc.ICECandidateInit{Candidate: candidate, SDPMid: &mid}); err != nil {
		p.config.Log.Debug("candidate not used", "error", err)
	}
	return nil
}
