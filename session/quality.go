package session

import "time"

// QualityOf judges a connection by the share of packets that are lost (0 to 1)
// and the round trip. The thresholds are published on the page:
//
//	good  loss below 3 %, round trip below 300 ms
//	fair  loss below 8 %, round trip below 600 ms
//	poor  worse
//	lost  no connection
func QualityOf(loss float64, roundTrip time.Duration) Quality {
	switch {
	case loss < 0.03 && roundTrip < 300*time.Millisecond:
		return Good
	case loss < 0.08 && roundTrip < 600*time.Millisecond:
		return Fair
	}
	return Poor
}
