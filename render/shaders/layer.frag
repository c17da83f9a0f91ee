// A layer of the learned blend: a convolution of 3 x 3 pixels and a rectifier.
//
// with #define IN and OUT, the numbers of channels in fours
// in   inputs    channels, four a picture
// in   place     1 where something is known, in g
// in   Layer     matrices by row, column, input, output; then offsets
// out  outputs   channels; 0 where nothing is known

layout(binding = 0) uniform sampler2D inputs[IN];
layout(binding = 8) uniform sampler2D place;

layout(std140, binding = 0) uniform Layer {
    mat4 matrices[9 * IN * OUT];
    vec4 offsets[OUT];
};

layout(location = 0) out vec4 outputs[OUT];

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy), last = textureSize(place, 0) - 1;
    vec4 sum[OUT];
    for (int o = 0; o < OUT; o++) sum[o] = vec4(0.0);
    // A loop rather than an if: a software rasteriser jumps over a loop that no
    // pixel of a group enters, but computes both sides of an if.
    for (int live = texelFetch(place, at, 0).g > 0.0 ? 1 : 0; live > 0; live--) {
        for (int o = 0; o < OUT; o++) sum[o] = offsets[o];
        for (int tap = 0; tap < 9; tap++) {
            ivec2 there = clamp(at + ivec2(tap % 3, tap / 3) - 1, ivec2(0), last);
            for (int i = 0; i < IN; i++) {
                vec4 v = texelFetch(inputs[i], there, 0);
                for (int o = 0; o < OUT; o++) sum[o] += matrices[(tap * IN + i) * OUT + o] * v;
            }
        }
        for (int o = 0; o < OUT; o++) sum[o] = max(sum[o], 0.0);
    }
    for (int o = 0; o < OUT; o++) outputs[o] = sum[o];
}
