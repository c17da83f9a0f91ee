// Keeps the camera of the last good frame.
// In:  seen  camera of the frame that was just uploaded (state.glsl)
// Out: the same, if its strip is good; otherwise the target stays as it is.
precision highp float;
precision highp int;

uniform usampler2D seen;

out uvec4 state;

void main() {
  if (statusOf(seen) != STATUS_GOOD) discard;
  state = texelFetch(seen, ivec2(gl_FragCoord.xy), 0);
}
