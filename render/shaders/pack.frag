// Packs the view into one I420 picture (layout version 1, package pack).
//
// with pack_layout.gen.glsl
// in   picture    Y, Cb, Cr, matte, limited range, size W x H
// in   distances  metres at 1/2, 1/4 ... 1/64 size; 0 where there is nothing
// out  code       luma rows 0 to rows-1; below them U (left) and V (right)
//
// The strip's rows are left grey: the processor writes them.

layout(binding = 0) uniform sampler2D picture;
layout(binding = 1) uniform sampler2D distances[6];

uniform ivec2 size;   // of the colour tile, pixels
uniform int rows;     // of the packed picture
uniform vec2 inverse; // 1 / near, 1 / far, per metre

layout(location = 0) out float code;

float depthCode(ivec2 at) {
    float z = 0.0;
    for (int i = 0; i < 6; i++) {
        z = texelFetch(distances[i], at >> i, 0).r;
        if (z > 0.0) break;
    }
    float s = z > 0.0 ? clamp((1.0 / z - inverse.y) / (inverse.x - inverse.y), 0.0, 1.0) : 0.0;
    return mix(float(PACK_DEPTH_FAR), float(PACK_DEPTH_NEAR), s) / 255.0;
}

vec4 quad(ivec2 at) {
    ivec2 p = 2 * at;
    return 0.25 * (texelFetch(picture, p, 0) + texelFetch(picture, p + ivec2(1, 0), 0)
                 + texelFetch(picture, p + ivec2(0, 1), 0) + texelFetch(picture, p + ivec2(1, 1), 0));
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    ivec2 tile = size / 2;
    bool right = at.x >= tile.x;
    if (at.y >= rows) { // chroma
        ivec2 c = ivec2(right ? at.x - tile.x : at.x, at.y - rows);
        code = 128.0 / 255.0;
        if (c.y < tile.y) {
            vec4 q = quad(c);
            code = right ? q.b : q.g;
        }
    } else if (at.y < size.y) {
        code = texelFetch(picture, at, 0).r;
    } else if (at.y < size.y + tile.y) {
        ivec2 t = ivec2(right ? at.x - tile.x : at.x, at.y - size.y);
        code = right ? mix(float(PACK_MATTE_ZERO), float(PACK_MATTE_ONE), quad(t).a) / 255.0 : depthCode(t);
    } else {
        code = float(PACK_GREY) / 255.0;
    }
}
