// Package treatment takes a published track through a chain of filters: relay,
// decoder, chain, encoder, relay. A track without filters is never treated: its
// relay is forwarded as it is.
//
// A Voice or a Picture has a relay of its own, which Config.Ready is told of when
// the first filtered content is in it, so that whoever forwards the track changes
// over without a hole. When the source relay ends, so does the treatment.
package treatment
