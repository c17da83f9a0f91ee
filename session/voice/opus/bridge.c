#include "bridge.h"
#include <stddef.h>

#define TRY(call) do { if ((*error = (call)) != OPUS_OK) goto failed; } while (0)

OpusEncoder *vc_opus_open(int channels, int music, int narrow, int bitrate, int complexity, int fec, int loss, int *error) {
	OpusEncoder *e = opus_encoder_create(48000, channels, music ? OPUS_APPLICATION_AUDIO : OPUS_APPLICATION_VOIP, error);
	if (!e) return NULL;
	TRY(opus_encoder_ctl(e, OPUS_SET_BITRATE(bitrate)));
	TRY(opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(complexity)));
	TRY(opus_encoder_ctl(e, OPUS_SET_SIGNAL(music ? OPUS_SIGNAL_MUSIC : OPUS_SIGNAL_VOICE)));
	if (narrow) TRY(opus_encoder_ctl(e, OPUS_SET_MAX_BANDWIDTH(OPUS_BANDWIDTH_NARROWBAND)));
	TRY(opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(fec)));
	TRY(opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(loss)));
	TRY(opus_encoder_ctl(e, OPUS_SET_DTX(0)));
	return e;
failed:
	opus_encoder_destroy(e);
	return NULL;
}

int vc_opus_set_bitrate(OpusEncoder *e, int bitrate) { return opus_encoder_ctl(e, OPUS_SET_BITRATE(bitrate)); }
int vc_opus_delay(OpusEncoder *e) {
	int samples = 0;
	return opus_encoder_ctl(e, OPUS_GET_LOOKAHEAD(&samples)) == OPUS_OK ? samples : 0;
}
int vc_opus_set_loss(OpusEncoder *e, int percent) { return opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(percent)); }
