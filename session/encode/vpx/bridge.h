// Thin functions over libvpx, so that Go passes plane pointers as arguments
// and no Go pointer is ever stored in C memory.
#pragma once
#include <stdint.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>

typedef struct {
	const uint8_t *data;
	size_t size;
	int key;
} vc_packet;

typedef struct {
	const uint8_t *planes[3];
	int strides[3];
	int width, height;
} vc_picture;

// vc_encoder_open fills ctx and cfg; base_percent of the bitrate go into the
// lower of two temporal layers. On failure nothing is left to free.
vpx_codec_err_t vc_encoder_open(vpx_codec_ctx_t *ctx, vpx_codec_enc_cfg_t *cfg, int width, int height, int kbps, int base_percent);
vpx_codec_err_t vc_encode(vpx_codec_ctx_t *ctx, int width, int height, const uint8_t *y, const uint8_t *u, const uint8_t *v,
	int ys, int us, int vs, int64_t pts, unsigned long duration, int key, int layer, vc_packet *out);
vpx_codec_err_t vc_set_bitrate(vpx_codec_ctx_t *ctx, vpx_codec_enc_cfg_t *cfg, int kbps, int base_percent);

vpx_codec_err_t vc_decoder_open(vpx_codec_ctx_t *ctx);
// vc_decode fills out with the decoder's own planes; width 0 means no picture.
vpx_codec_err_t vc_decode(vpx_codec_ctx_t *ctx, const uint8_t *data, unsigned size, vc_picture *out);
