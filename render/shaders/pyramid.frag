// One level of the push-pull pyramid: half the size of the one before.
//
// with #define FIRST 1 for the level made from the view itself, else 0
// in   finer         Y, Cb, Cr, matte; premultiplied but for the view itself
// in   finerDistance metres, 0 where there is nothing
// out  coarser       Y, Cb, Cr premultiplied by coverage, coverage
// out  distance      the nearest to the eye of the four, 0 where none; not with
//                    FIRST, which has it from the geometry

layout(binding = 0) uniform sampler2D finer;
layout(binding = 1) uniform sampler2D finerDistance;

layout(location = 0) out vec4 coarser;
#if FIRST == 0
layout(location = 1) out float distance;
#endif

void main() {
    ivec2 at = 2 * ivec2(gl_FragCoord.xy);
    vec4 sum = vec4(0.0);
    float z = 1e9;
    for (int i = 0; i < 4; i++) {
        ivec2 p = at + ivec2(i & 1, i >> 1);
        vec4 c = texelFetch(finer, p, 0);
        if (FIRST == 1) c.rgb *= c.a;
#if FIRST == 0
        float d = texelFetch(finerDistance, p, 0).r;
        if (d > 0.0) z = min(z, d);
#endif
        sum += c;
    }
    coarser = 0.25 * sum;
#if FIRST == 0
    distance = z == 1e9 ? 0.0 : z;
#endif
}
