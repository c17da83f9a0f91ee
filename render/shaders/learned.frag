// The end of the learned blend: its last layer says what each camera's colours
// at the pixel and the eight round it count, how much the picture is sharpened
// and the matte corrected.
//
// with #define IN and OUT, the numbers of channels in fours
// in   inputs    channels, four a picture
// in   cameras   as features.frag gives them
// in   place     "
// in   blend     "
// in   Layer     matrices by input, output; then offsets. The first 36 outputs
//                are of camera and tap, then the matte, then what luma gains of
//                its difference from the mean of 3 x 3, of the row, of the column
// out  picture   Y, Cb, Cr, matte; 0 where nothing is known

layout(binding = 0) uniform sampler2D inputs[IN];
layout(binding = 8) uniform sampler2D cameras[4];
layout(binding = 12) uniform sampler2D place;
layout(binding = 13) uniform sampler2D blend;

layout(std140, binding = 0) uniform Layer {
    mat4 matrices[IN * OUT];
    vec4 offsets[OUT];
};

layout(location = 0) out vec4 picture;

const float aside = -4.0;  // of a logarithm of a weight: taps beside the pixel
const float least = 1e-3;  // of a weight
const float nobody = 1e-4; // of a tap where nothing is known

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy), last = textureSize(place, 0) - 1;
    vec4 here = texelFetch(place, at, 0);
    picture = vec4(0.0);
    // A loop rather than an if: a software rasteriser jumps over a loop that no
    // pixel of a group enters, but computes both sides of an if.
    for (int live = here.g > 0.0 ? 1 : 0; live > 0; live--) {
        vec4 logits[OUT];
        for (int o = 0; o < OUT; o++) logits[o] = offsets[o];
        for (int i = 0; i < IN; i++) {
            vec4 v = texelFetch(inputs[i], at, 0);
            for (int o = 0; o < OUT; o++) logits[o] += matrices[i * OUT + o] * v;
        }
        // Output 9 k + tap is camera k's: the weight of the blend is where it starts.
        vec4 weight = vec4(texelFetch(cameras[0], at, 0).a, texelFetch(cameras[1], at, 0).a, texelFetch(cameras[2], at, 0).a, texelFetch(cameras[3], at, 0).a);
        float most = -1e9;
        for (int n = 0; n < 36; n++) {
            logits[n / 4][n % 4] += log(weight[n / 9] + least) + (n % 9 == 4 ? 0.0 : aside);
            most = max(most, logits[n / 4][n % 4]);
        }
        vec4 sum = vec4(0.0), mean = vec4(0.0);
        vec2 rows = vec2(0.0), columns = vec2(0.0);
        for (int tap = 0; tap < 9; tap++) {
            ivec2 there = clamp(at + ivec2(tap % 3, tap / 3) - 1, ivec2(0), last);
            vec3 base = texelFetch(blend, there, 0).rgb;
            float known = texelFetch(place, there, 0).g;
            for (int k = 0; k < 4; k++) {
                int n = 9 * k + tap;
                vec3 colour = base + texelFetch(cameras[k], there, 0).rgb / 6.0;
                sum += exp(logits[n / 4][n % 4] - most) * (known + nobody) * vec4(colour, 1.0);
                mean += known * weight[k] * vec4(colour, 1.0);
                if (tap / 3 == 1) rows += known * weight[k] * vec2(colour.x, 1.0);
                if (tap % 3 == 1) columns += known * weight[k] * vec2(colour.x, 1.0);
            }
        }
        vec3 colour = sum.rgb / sum.a;
        vec3 around = vec3(mean.x, rows.x, columns.x) / max(vec3(mean.a, rows.y, columns.y), 1e-4);
        colour.x += dot(logits[9].yzw, texelFetch(blend, at, 0).x - around);
        picture = vec4(clamp(colour, 0.0, 1.0), clamp(here.x + logits[9].x, 0.0, 1.0));
    }
}
