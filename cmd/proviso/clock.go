package main

import (
	"fmt"
	"sync/atomic"
	"time"

	"proviso/ledger"
	"proviso/policy"
)

// An assumedClock says that it is the day of --as-of, at the hour that the
// machine's clock shows. Whatever a command does then happens on that day, for
// deadlines, records and pages alike.
type assumedClock struct {
	machine func() time.Time
	begun   time.Time
	date    policy.Date
	zone    atomic.Pointer[time.Location] // the organisation's; nil: UTC, until it is known
}

func (c *assumedClock) now() time.Time {
	zone := c.zone.Load()
	if zone == nil {
		zone = time.UTC
	}
	at := c.begun.In(zone)
	shown := c.date.In(zone).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second)
	return shown.Add(time.Duration(at.Nanosecond()) + c.machine().Sub(c.begun))
}

// assumedTimes returns what is remarked about a notice whose times are not those of the
// machine's clock, or nil: the record must not pass for one that it is not.
func (p *program) assumedTimes() *ledger.Remark {
	if p.assumed == nil {
		return nil
	}
	at := p.assumed.machine()
	if p.now().Sub(at).Abs() < 24*time.Hour {
		return nil
	}
	return &ledger.Remark{At: p.now(), Kind: ledger.AsOf, Text: fmt.Sprintf("--as-of %s; the machine's clock said %s", p.asOf, at.UTC().Format(time.RFC3339))}
}
