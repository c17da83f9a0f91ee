package weights

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lockEvery is how often a process that waits for another looks again.
const lockEvery = 200 * time.Millisecond

// lock makes this process the only one that pulls into a folder. It waits for
// another one until the context ends, and shows that. The lock ends with its
// process at the latest.
func lock(ctx context.Context, folder string, waiting func(done, total int)) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(folder, ".lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the folder of weights: %w", err)
	}
	retry := time.NewTicker(lockEvery)
	defer retry.Stop()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			waiting(1, 1)
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return nil, errors.Join(fmt.Errorf("lock the folder of weights %s: %w", folder, err), f.Close())
		}
		waiting(0, 1)
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-retry.C:
		}
	}
}
