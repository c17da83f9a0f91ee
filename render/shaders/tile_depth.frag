// The depth tile of the packed view (layout version 1, package pack).
//
// with pack_layout.gen.glsl
// in   distances  metres at 1/2, 1/4 ... 1/64 size; 0 where there is nothing
// in   origin     the tile's corner in the packed picture, pixels
// out  code       luma of the depth

layout(binding = 0) uniform sampler2D distances[6];

uniform ivec2 origin;
uniform int count;    // of distances, 6; a uniform keeps the loop one that ends early
uniform vec2 inverse; // 1 / near, 1 / far, per metre

layout(location = 0) out float code;

float at(int level, ivec2 p) {
    switch (level) {
    case 0: return texelFetch(distances[0], p, 0).r;
    case 1: return texelFetch(distances[1], p >> 1, 0).r;
    case 2: return texelFetch(distances[2], p >> 2, 0).r;
    case 3: return texelFetch(distances[3], p >> 3, 0).r;
    case 4: return texelFetch(distances[4], p >> 4, 0).r;
    default: return texelFetch(distances[5], p >> 5, 0).r;
    }
}

void main() {
    ivec2 p = ivec2(gl_FragCoord.xy) - origin;
    float z = texelFetch(distances[0], p, 0).r;
    for (int i = 1; i < count && z == 0.0; i++) z = at(i, p);
    float s = z > 0.0 ? clamp((1.0 / z - inverse.y) / (inverse.x - inverse.y), 0.0, 1.0) : 0.0;
    code = mix(float(PACK_DEPTH_FAR), float(PACK_DEPTH_NEAR), s) / 255.0;
}
