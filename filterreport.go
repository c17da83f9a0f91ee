package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/batch"
	"github.com/virtualcube/virtualcube/models/clip"
)

// graph is a chain by the streams that it works on, and what that costs in a
// room.
type graph struct {
	Text    string        `json:"text"`
	Streams []graphStream `json:"streams"`
}

// graphStream is the filters of one kind, in order. Delay is by how much what
// leaves is later: the filters' look-ahead and latency.
type graphStream struct {
	Kind        models.Kind `json:"kind"`
	LookAheadMS float64     `json:"look_ahead_ms"`
	LatencyMS   float64     `json:"latency_ms"`
	DelayMS     float64     `json:"delay_ms"`
	Filters     []graphNode `json:"filters"`
}

// graphNode is one filter.
type graphNode struct {
	Filter      string            `json:"filter"`
	Parameters  models.Values     `json:"parameters"`
	LookAheadMS float64           `json:"look_ahead_ms"`
	LatencyMS   float64           `json:"latency_ms"`
	Late        models.Policy     `json:"late"`
	Failing     models.Policy     `json:"failing"`
	Private     bool              `json:"private,omitempty"`
	Observes    bool              `json:"observes,omitempty"`
	Native      bool              `json:"native,omitempty"`
	Providers   []models.Provider `json:"providers,omitempty"`
	text        string
}

func newGraph(chain []models.Bound) graph {
	var g graph
	var links []models.Link
	for _, b := range chain {
		l := models.Link{Filter: b.Name, Parameters: make(map[string]string)}
		defaults := b.Parameters.Defaults()
		for _, p := range b.Parameters.Parameters() {
			if v := b.Values.Get(p.Name); v != defaults.Get(p.Name) {
				l.Parameters[p.Name] = fmt.Sprint(v)
			}
		}
		links = append(links, l)
	}
	g.Text = models.FormatChain(links)
	for _, kind := range []models.Kind{models.KindAudio, models.KindVideo, models.KindRGBD} {
		s := graphStream{Kind: kind}
		for i, b := range chain {
			if b.Kind != kind {
				continue
			}
			n := graphNode{
				Filter: b.Name, Parameters: b.Values, LookAheadMS: milliseconds(b.LookAhead), LatencyMS: milliseconds(b.Latency), Late: b.Late, Failing: b.Failing,
				Private: b.Private, Observes: b.Observes, Native: b.Native, Providers: b.Providers, text: models.FormatChain(links[i : i+1]),
			}
			s.LookAheadMS += n.LookAheadMS
			if !b.Observes {
				s.LatencyMS += n.LatencyMS
			}
			s.Filters = append(s.Filters, n)
		}
		if s.DelayMS = s.LookAheadMS + s.LatencyMS; len(s.Filters) > 0 {
			g.Streams = append(g.Streams, s)
		}
	}
	return g
}

// remarks are what is special about a filter, each in a word or two.
func (n graphNode) remarks() string {
	list := []string{"late: " + string(n.Late), "failing: " + string(n.Failing)}
	for _, r := range []struct {
		is   bool
		text string
	}{{n.Private, "private"}, {n.Observes, "observes"}, {n.Native, "in a process of its own"}} {
		if r.is {
			list = append(list, r.text)
		}
	}
	if len(n.Providers) > 0 {
		list = append(list, fmt.Sprintf("needs one of %v", n.Providers))
	}
	return strings.Join(list, ", ")
}

func (g graph) print(w io.Writer) {
	if len(g.Streams) == 0 {
		fmt.Fprintln(w, "no filters")
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range g.Streams {
		fmt.Fprintf(table, "%s\tlook-ahead\tlatency\t\n", s.Kind)
		for _, n := range s.Filters {
			fmt.Fprintf(table, "  -> %s\t%.4g ms\t%.4g ms\t%s\n", n.text, n.LookAheadMS, n.LatencyMS, n.remarks())
		}
		fmt.Fprintf(table, "  = in a room %.4g ms later\t%.4g ms\t%.4g ms\t\n", s.DelayMS, s.LookAheadMS, s.LatencyMS)
	}
	_ = table.Flush() // it writes to standard output
	if len(g.Streams) == 2 {
		apart := g.Streams[0].DelayMS - g.Streams[1].DelayMS
		fmt.Fprintf(w, "apart: %.4g ms, by which a room holds the %s back; content in files stays together\n", max(apart, -apart), g.Streams[map[bool]int{true: 1, false: 0}[apart > 0]].Kind)
	}
}

// dot writes the language of Graphviz.
func (g graph) dot(w io.Writer, c *clip.Info) {
	in := "in"
	if c != nil {
		in = c.Path
	}
	fmt.Fprintln(w, "digraph chain {")
	fmt.Fprintln(w, "  rankdir=LR; node [shape=box, fontname=\"sans-serif\"];")
	fmt.Fprintf(w, "  in [label=%q, shape=ellipse]; out [shape=ellipse];\n", in)
	for _, s := range g.Streams {
		last := "in"
		for i, n := range s.Filters {
			node := fmt.Sprintf("%s%d", s.Kind, i)
			fmt.Fprintf(w, "  %s [label=%q];\n", node, fmt.Sprintf("%s\nlook-ahead %.4g ms, latency %.4g ms", n.text, n.LookAheadMS, n.LatencyMS))
			fmt.Fprintf(w, "  %s -> %s [label=%q];\n", last, node, s.Kind)
			last = node
		}
		fmt.Fprintf(w, "  %s -> out [label=%q];\n", last, fmt.Sprintf("%.4g ms later", s.DelayMS))
	}
	fmt.Fprintln(w, "}")
}

// printClip says what a recording holds.
func printClip(w io.Writer, c *clip.Info) {
	fmt.Fprintf(w, "%s: %s", c.Path, c.Format)
	if c.Length > 0 {
		fmt.Fprintf(w, ", %.3f s", c.Length.Seconds())
	}
	fmt.Fprintln(w)
	if s := c.Sound; s != nil {
		fmt.Fprintf(w, "  sound     %s, %d Hz, channels: %d\n", s.Codec, s.Rate, s.Channels)
	}
	if p := c.Pictures; p != nil {
		fmt.Fprintf(w, "  pictures  %s, %dx%d, %.5g a second", p.Codec, p.Width, p.Height, p.Rate)
		if p.Frames > 0 {
			fmt.Fprintf(w, ", %d", p.Frames)
		}
		fmt.Fprintln(w)
	}
	if r := c.Rig; r != nil {
		fmt.Fprintf(w, "  rig       %s, %d cameras, %.4g sets a second\n", r.Name, len(r.Cameras), r.Rate)
	}
	for _, n := range c.Notes {
		fmt.Fprintln(w, "  note:", n)
	}
}

// printTimes prints a table of the filters.
func printTimes(w io.Writer, r batch.Report) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "filter\tkind\tframes\tmean ms\tmedian\tp95\tmax\tshare\tdeclared\tlate\terrors\tobserved\t")
	for _, f := range r.Filters {
		middle := fmt.Sprintf("%.3f\t%.3f", f.MedianMS, f.P95MS)
		if f.MedianMS == 0 && f.Frames > 0 {
			middle = "-\t-" // the host keeps means and maxima alone
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%.3f\t%s\t%.3f\t%.0f %%\t%.4g\t%d\t%d\t%d\t\n",
			f.Filter, f.Kind, f.Frames, f.MeanMS, middle, f.MaxMS, 100*f.Share, f.LatencyMS, f.Late, f.Errors, f.Observations)
	}
	_ = table.Flush() // it writes to standard output
	for _, s := range r.Streams {
		if s.Written < s.Read {
			fmt.Fprintf(w, "%s: %d of %d frames came out\n", s.Kind, s.Written, s.Read)
		}
	}
	for _, f := range r.Filters {
		if f.Errors > 0 {
			fmt.Fprintf(w, "%s failed at %d of %d frames, first at %.3f s: %s\n", f.Filter, f.Errors, f.Frames, f.FirstErrorAt, f.FirstError)
		}
	}
}
