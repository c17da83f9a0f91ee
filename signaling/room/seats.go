package room

import (
	"strings"
	"sync"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/multiview"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

// seats is where a participant sees the others' cubes from: the eye that the
// page sends, mapped into each of them.
type seats struct {
	mu       sync.Mutex // guards all below; held for a few instructions
	views    map[string]*seen
	sequence int // of the newest eye; 0: none came
	eye      space.Vec3
	trust    float64 // confidence
}

// seen is one cube as the participant sees it.
type seen struct {
	cube    *Cube
	watcher *multiview.Watcher
	view    *rtc.View
	toCube  space.Rigid // from the participant's cube
	at      int         // the view that before is of
	before  view.Stats
}

// view returns the views of a stream's cube; they are watched from now on.
func (s *seats) view(stream session.Stream, cube *Cube, announce func(string, []space.Window) bool) *rtc.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.views[stream.Person]
	if v == nil || v.cube != cube {
		w := cube.Views.Watch()
		v = &seen{cube: cube, watcher: w}
		v.view = &rtc.View{Ladders: cube.Ladders, Watcher: w, Windows: func(windows []space.Window) bool { return announce(cube.Name, windows) }}
		v.at = w.View()
		v.before = cube.Views.View(v.at)
		if s.views == nil {
			s.views = make(map[string]*seen)
		}
		s.views[stream.Person] = v
	}
	v.toCube = stream.ToCube
	s.turn(v)
	return v.view
}

// turn lets a cube be seen from the newest eye; before one came, from where
// the participant sits.
func (s *seats) turn(v *seen) {
	v.watcher.Look(space.Eye{Position: v.toCube.Apply(s.eye), Confidence: s.trust})
}

// keep forgets the views that are no longer among the streams; the peer has
// left them.
func (s *seats) keep(streams []session.Stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for person := range s.views {
		kept := false
		for _, w := range streams {
			kept = kept || w.Person == person && w.Source == session.View
		}
		if !kept {
			delete(s.views, person)
		}
	}
}

// leave forgets all, and ends what no peer has taken over; those that one has
// may be left twice.
func (s *seats) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.views {
		v.watcher.Leave()
	}
	s.views = nil
}

// look takes an eye; false: a newer one overtook it.
func (s *seats) look(sequence int, eye space.Vec3, confidence float64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sequence <= s.sequence {
		return false
	}
	s.sequence, s.eye, s.trust = sequence, eye, confidence
	for _, v := range s.views {
		s.turn(v)
	}
	return true
}

// stages are the mean times of the views since they were last asked for, in
// milliseconds, by cube and stage.
func (s *seats) stages() map[string]map[string]float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]map[string]float64)
	for _, v := range s.views {
		at := v.watcher.View()
		now := v.cube.Views.View(at)
		if at == v.at {
			stages := make(map[string]float64)
			for i, mean := range now.Mean(v.before) {
				stages[view.Stage(i).String()] = float64(mean) / 1e6
			}
			all[v.cube.Name] = stages
		}
		v.at, v.before = at, now
	}
	return all
}

// cutSource splits the name of a stream, if it is of a source.
func cutSource(name string, source session.Source) (person string, ok bool) {
	return strings.CutSuffix(name, "/"+string(source))
}
