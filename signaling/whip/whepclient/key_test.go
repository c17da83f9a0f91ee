package whepclient

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestKeySize(t *testing.T) {
	key := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x42, 0x10, 0x43}
	if w, h, ok := keySize(key); w != 512 || h != 784 || !ok {
		t.Errorf("size %dx%d, %v", w, h, ok)
	}
	for _, data := range [][]byte{nil, key[:9], make([]byte, 10)} {
		if _, _, ok := keySize(data); ok {
			t.Errorf("% x has a size", data)
		}
	}
}
