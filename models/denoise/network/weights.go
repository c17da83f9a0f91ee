package network

import (
	"fmt"

	"github.com/virtualcube/virtualcube/models/layers"
)

// Sizes of the network.
const (
	Bands = 32 // bands of gains
	Bins  = 96 // bins of 50 Hz that are filtered
	Order = 5  // frames that the filter of a bin covers
	Ahead = 2  // of these, how many come after the filtered one

	channels  = 64
	embedding = 512
	units     = 256 // of a recurrent layer
	narrow    = Bands / 4
	outputs   = 2 * Order
	pathway   = 5 // frames that the convolution to the filter sees
)

// Weights are those of DeepFilterNet3, to be shared by any number of networks.
type Weights struct {
	erb0                kernel
	erb1, erb2, erb3    separable
	df0                 kernel
	df0Point            affine
	df1                 separable
	dfEmbedding         affine
	encoder             recurrent
	encoderOut          affine
	snr                 affine
	erb                 recurrent
	erbOut              affine
	skip                [4]scale // of e0 to e3
	up3, up2, up1       separable
	erbLast             []float32 // by tap, then by channel
	erbLastBias         float32
	df                  recurrent
	dfSkip, dfOut       affine
	dfPath, dfPathPoint affine
}

// kernel is a convolution of 3 frames by 3 positions to 64 channels, each of which
// sees one of the inputs: the first of them the first input, and so on.
type kernel struct {
	inputs  int
	weights []float32 // by frame, position and channel
	bias    []float32 // nil: none
}

// separable is a depthwise convolution and a product of every position.
type separable struct {
	along depthwise
	point affine
}

// recurrent is an affine layer and recurrent ones.
type recurrent struct {
	in     affine
	layers []gru
}

// scale is a factor and an offset a channel.
type scale struct{ factor, offset []float32 }

// Read reads the weights from the three files of the encoder, the decoder of the
// gains and that of the filter.
func Read(encoder, erb, df string) (*Weights, error) {
	var all [3]reader
	for i, path := range []string{encoder, erb, df} {
		t, err := layers.ReadTensors(path)
		if err != nil {
			return nil, fmt.Errorf("read weights: %w", err)
		}
		all[i] = reader{path: path, all: t}
	}
	w := &Weights{}
	w.readEncoder(&all[0])
	w.readBands(&all[1])
	w.readFilter(&all[2])
	for _, r := range all {
		if r.err != nil {
			return nil, fmt.Errorf("read weights: %s: %w", r.path, r.err)
		}
	}
	return w, nil
}

func (w *Weights) readEncoder(r *reader) {
	w.erb0 = r.kernel(1, "onnx::Conv_282", "onnx::Conv_283")
	w.erb1 = r.separable(2, false, "erb_conv1.0.weight", "onnx::Conv_285", "onnx::Conv_286")
	w.erb2 = r.separable(2, false, "erb_conv2.0.weight", "onnx::Conv_288", "onnx::Conv_289")
	w.erb3 = r.separable(1, false, "erb_conv3.0.weight", "onnx::Conv_291", "onnx::Conv_292")
	w.df0 = r.kernel(2, "df_conv0.1.weight", "")
	w.df0Point = r.point(channels, "onnx::Conv_294", "onnx::Conv_295")
	w.df1 = r.separable(2, false, "df_conv1.0.weight", "onnx::Conv_297", "onnx::Conv_298")
	w.dfEmbedding = r.grouped(32, 96, 16, "df_fc_emb.0.weight")
	w.encoder = recurrent{
		in:     r.grouped(16, 32, 16, "emb_gru.linear_in.0.weight"),
		layers: []gru{r.gru("/emb_gru/Constant_3_output_0", "/emb_gru/Constant_4_output_0", "/emb_gru/Constant_5_output_0")},
	}
	w.encoderOut = r.grouped(16, 16, 32, "emb_gru.linear_out.0.weight")
	w.snr = affine{in: embedding, out: 1, groups: 1, weights: r.get("onnx::MatMul_337", embedding, 1), bias: r.get("lsnr_fc.0.bias", 1)}
}

func (w *Weights) readBands(r *reader) {
	w.erb = recurrent{
		in: r.grouped(16, 32, 16, "emb_gru.linear_in.0.weight"),
		layers: []gru{
			r.gru("/emb_gru/Constant_3_output_0", "/emb_gru/Constant_4_output_0", "/emb_gru/Constant_5_output_0"),
			r.gru("/emb_gru/Constant_9_output_0", "/emb_gru/Constant_10_output_0", "/emb_gru/Constant_11_output_0"),
		},
	}
	w.erbOut = r.grouped(16, 16, 32, "emb_gru.linear_out.0.weight")
	w.skip = [4]scale{
		r.scale("onnx::Conv_306", "onnx::Conv_307"), r.scale("onnx::Conv_300", "onnx::Conv_301"),
		r.scale("onnx::Conv_294", "onnx::Conv_295"), r.scale("onnx::Conv_288", "onnx::Conv_289"),
	}
	w.up3 = r.separable(1, false, "convt3.0.weight", "onnx::Conv_291", "onnx::Conv_292")
	w.up2 = r.separable(1, true, "convt2.0.weight", "onnx::Conv_297", "onnx::Conv_298")
	w.up1 = r.separable(1, true, "convt1.0.weight", "onnx::Conv_303", "onnx::Conv_304")
	w.erbLast = byTap(r.get("onnx::Conv_309", 1, channels, 1, 3), channels, 3)
	w.erbLastBias = r.get("onnx::Conv_310", 1)[0]
}

func (w *Weights) readFilter(r *reader) {
	w.df = recurrent{
		in: r.grouped(8, 64, 32, "df_gru.linear_in.0.weight"),
		layers: []gru{
			r.gru("onnx::GRU_291", "onnx::GRU_292", "onnx::GRU_293"),
			r.gru("onnx::GRU_311", "onnx::GRU_312", "onnx::GRU_313"),
		},
	}
	w.dfSkip = r.grouped(16, 32, 16, "df_skip.weight")
	w.dfOut = r.grouped(16, 16, 60, "df_out.0.weight")
	path := r.get("df_convp.1.weight", outputs, channels/2, pathway, 1)
	for o := range outputs {
		one := path[o*channels/2*pathway:][:channels/2*pathway]
		copy(one, byTap(one, channels/2, pathway))
	}
	w.dfPath = affine{in: channels * pathway, out: outputs, groups: 2, weights: path}
	w.dfPathPoint = r.point(outputs, "onnx::Conv_268", "onnx::Conv_269")
}

// reader takes tensors out of a file; it keeps the first error.
type reader struct {
	path string
	all  layers.Tensors
	err  error
}

// get returns a tensor's values, which must be of the shape; zeros where not.
func (r *reader) get(name string, shape ...int) []float32 {
	values, err := r.all.Get(name, shape...)
	if err == nil {
		return values
	}
	if r.err == nil {
		r.err = err
	}
	size := 1
	for _, n := range shape {
		size *= n
	}
	return make([]float32, size)
}

func (r *reader) kernel(inputs int, weights, bias string) kernel {
	k := kernel{inputs: inputs, weights: byTap(r.get(weights, channels, 1, 3, 3), channels, 9)}
	if bias != "" {
		k.bias = r.get(bias, channels)
	}
	return k
}

func (r *reader) separable(step int, up bool, along, weights, bias string) separable {
	return separable{
		along: depthwise{channels: channels, step: step, up: up, weights: byTap(r.get(along, channels, 1, 1, 3), channels, 3)},
		point: r.point(channels, weights, bias),
	}
}

func (r *reader) point(n int, weights, bias string) affine {
	return affine{in: n, out: n, groups: 1, weights: r.get(weights, n, n, 1, 1), bias: r.get(bias, n)}
}

// grouped reads a layer whose weights are by group, input and output.
func (r *reader) grouped(groups, in, out int, name string) affine {
	from := r.get(name, groups, in, out)
	to := make([]float32, len(from))
	for g := range groups {
		for i := range in {
			for o := range out {
				to[(g*out+o)*in+i] = from[(g*in+i)*out+o]
			}
		}
	}
	return affine{in: groups * in, out: groups * out, groups: groups, weights: to}
}

func (r *reader) gru(input, recurrent, bias string) gru {
	both := r.get(bias, 1, 6*units)
	return gru{
		units:     units,
		input:     affine{in: units, out: 3 * units, groups: 1, weights: r.get(input, 1, 3*units, units), bias: both[:3*units]},
		recurrent: affine{in: units, out: 3 * units, groups: 1, weights: r.get(recurrent, 1, 3*units, units), bias: both[3*units:]},
	}
}

func (r *reader) scale(factor, offset string) scale {
	return scale{factor: r.get(factor, channels, 1, 1, 1), offset: r.get(offset, channels)}
}

// byTap turns weights by channel and tap into such by tap and channel.
func byTap(w []float32, channels, taps int) []float32 {
	turned := make([]float32, len(w))
	for c := range channels {
		for t := range taps {
			turned[t*channels+c] = w[c*taps+t]
		}
	}
	return turned
}
