// Reads the strip of the frame that was just uploaded.
// In:  video       the packed frame, row 0 at the top, RGB 0..1 from limited-range video
//      size        colour tile, pixels
//      windows     the framing windows that the node has described, in the cube's frame, metres
// Out: state       five texels of 32-bit words (floats as bits), see state.glsl
precision highp float;
precision highp int;

uniform sampler2D video;
uniform ivec2 size;
uniform vec4 windowCenter[WINDOWS]; // xyz, half width
uniform vec4 windowRight[WINDOWS];  // xyz, half height
uniform vec4 windowUp[WINDOWS];     // xyz, id (0: unused)

out uvec4 state;

// Grey level from which a bit is 1: Y = 16 + 219 g.
const float level = float(PACK_BIT_THRESHOLD - 16) / 219.0;

uint bitAt(int i, int blocks, int top) {
  ivec2 at = ivec2(i % blocks, i / blocks) * PACK_BLOCK_SIZE + ivec2(0, top);
  float g = texelFetch(video, at + ivec2(2, 2), 0).g + texelFetch(video, at + ivec2(5, 2), 0).g
          + texelFetch(video, at + ivec2(2, 5), 0).g + texelFetch(video, at + ivec2(5, 5), 0).g;
  return g >= 4.0 * level ? 1u : 0u;
}

uint field(uvec4 w, int at, int bits) {
  int word = at >> 5, skip = at & 31;
  uint high = w[word] << skip;
  uint low = skip > 0 && word < 3 ? w[word + 1] >> (32 - skip) : 0u;
  return (high | low) >> (32 - bits);
}

float signedField(uvec4 w, int at, int bits) {
  return float(int(field(w, at, bits) << (32 - bits)) >> (32 - bits));
}

// CRC-16/CCITT-FALSE over the bits before the last field.
uint checksum(uvec4 w) {
  uint crc = 0xffffu;
  for (int i = 0; i < PACK_CRC_AT; i++) {
    uint bit = (w[i >> 5] >> (31 - (i & 31))) & 1u;
    uint carry = (crc >> 15) ^ bit;
    crc = ((crc << 1) & 0xffffu) ^ (carry * 0x1021u);
  }
  return crc;
}

void main() {
  int blocks = size.x / PACK_BLOCK_SIZE, top = size.y + size.y / 2;
  uvec4 w = uvec4(0u);
  for (int i = 0; i < PACK_STRIP_BITS; i++) w[i >> 5] |= bitAt(i, blocks, top) << (31 - (i & 31));

  int id = int(field(w, PACK_WINDOW_AT, PACK_WINDOW_BITS)), slot = -1;
  for (int i = 0; i < WINDOWS; i++) if (id != 0 && int(windowUp[i].w) == id) slot = i;

  float near = float(field(w, PACK_NEAR_AT, PACK_NEAR_BITS)) * PACK_DEPTH_STEP;
  float far = float(field(w, PACK_FAR_AT, PACK_FAR_BITS)) * PACK_DEPTH_STEP;
  uint status = STATUS_GOOD;
  if (checksum(w) != field(w, PACK_CRC_AT, PACK_CRC_BITS)) status = STATUS_CHECKSUM;
  else if (int(field(w, PACK_VERSION_AT, PACK_VERSION_BITS)) != PACK_LAYOUT_VERSION) status = STATUS_VERSION;
  else if (near <= 0.0 || near >= far) status = STATUS_CHECKSUM;
  else if (slot < 0) status = STATUS_WINDOW;

  slot = max(slot, 0);
  int texel = int(gl_FragCoord.x);
  if (texel == 0) {
    vec3 eye = vec3(signedField(w, PACK_EYE_X_AT, PACK_EYE_X_BITS), signedField(w, PACK_EYE_Y_AT, PACK_EYE_Y_BITS),
                    signedField(w, PACK_EYE_Z_AT, PACK_EYE_Z_BITS)) * PACK_EYE_STEP;
    state = uvec4(floatBitsToUint(eye), status);
  } else if (texel == 1) {
    state = uvec4(floatBitsToUint(near), floatBitsToUint(far), uint(id), field(w, PACK_SEQUENCE_AT, PACK_SEQUENCE_BITS));
  } else if (texel == 2) {
    state = floatBitsToUint(windowCenter[slot]);
  } else if (texel == 3) {
    state = floatBitsToUint(windowRight[slot]);
  } else {
    state = uvec4(floatBitsToUint(windowUp[slot].xyz), field(w, PACK_MILLISECONDS_AT, PACK_MILLISECONDS_BITS));
  }
}
