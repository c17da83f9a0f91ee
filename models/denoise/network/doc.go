// Package network computes DeepFilterNet3, a recurrent network that says of a
// noisy voice at 48 kHz, every 10 ms, which gain each of 32 bands needs and, for
// the lower 4.8 kHz, which complex filter over five frames each bin needs.
//
// Source: H. Schröter, T. Rosenkranz, A. N. Escalante-B., A. Maier,
// "DeepFilterNet: Perceptually Motivated Real-Time Speech Enhancement"
// (Interspeech 2023), and its authors' libDF, of which the features are. The
// weights are read from the three ONNX files that they publish; the graphs in
// these take whole recordings, so that the network is written out here, one
// frame at a time. Batch normalisation is folded into the weights there.
//
// Maps of features are laid out with the channel last: m[f*channels+c].
package network
