// One triangle over the whole target.
// In: position, clip space. Out: nothing; passes address texels by gl_FragCoord.
in vec3 position;

void main() {
  gl_Position = vec4(position.xy, 0.0, 1.0);
}
