// Package silero computes Silero VAD v6, a small recurrent network that says how
// likely 32 ms of sound at 16 kHz hold speech.
//
// Source: Silero Team, github.com/snakers4/silero-vad (MIT). The weights are read
// from the ONNX file that they publish; the graph, of a spectrum, four
// convolutions and an LSTM, is written out here.
package silero
