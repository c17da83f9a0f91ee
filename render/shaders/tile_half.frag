// A tile of half the view's size that averages one channel over 2 x 2 pixels:
// the matte, and the two chroma planes.
//
// in   picture  Y, Cb, Cr, matte at full size, filtered linearly
// in   origin   the tile's corner in the packed picture, pixels
// in   channel  selects one channel
// in   range    scale and offset of the code
// out  code     0..1

layout(binding = 0) uniform sampler2D picture;

uniform vec2 origin;
uniform vec4 channel;
uniform vec2 range;

layout(location = 0) out float code;

void main() {
    // The corner that four pixels share: the filter is their mean.
    vec2 at = (2.0 * (gl_FragCoord.xy - origin)) / vec2(textureSize(picture, 0));
    code = dot(texture(picture, at), channel) * range.x + range.y;
}
