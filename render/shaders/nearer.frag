// Halves distances: the nearest to the eye of 2 x 2, as it is sent.
//
// in   whole     metres, 0 where there is nothing
// out  distance  "

layout(binding = 0) uniform sampler2D whole;

layout(location = 0) out float distance;

void main() {
    ivec2 at = 2 * ivec2(gl_FragCoord.xy);
    distance = 1e9;
    for (int i = 0; i < 4; i++) {
        float d = texelFetch(whole, at + ivec2(i & 1, i >> 1), 0).r;
        if (d > 0.0) distance = min(distance, d);
    }
    if (distance == 1e9) distance = 0.0;
}
