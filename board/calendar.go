package board

import (
	"io"
	"time"

	"github.com/emersion/go-ical"

	"proviso/policy"
)

// A Date is a day on which something falls due.
type Date struct {
	UID   string // the same for the same thing, whenever it is asked for
	Day   policy.Date
	Title string
	Text  string
	Since policy.Date // the day on which it was settled
}

const emptyCalendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//proviso//status//EN\r\nEND:VCALENDAR\r\n"

// WriteCalendar writes the dates as a calendar (RFC 5545) of whole days. The
// same dates give the same bytes, so that who subscribes to it sees only what
// has changed.
func (b *Board) WriteCalendar(w io.Writer) error {
	cal := ical.NewCalendar()
	cal.Props.SetText(ical.PropVersion, "2.0")
	cal.Props.SetText(ical.PropProductID, "-//proviso//status//EN")
	cal.Props.SetText("X-WR-CALNAME", "Policies of "+b.Organisation)
	for _, d := range b.Dates {
		event := ical.NewEvent()
		event.Props.SetText(ical.PropUID, d.UID)
		event.Props.SetDateTime(ical.PropDateTimeStamp, d.Since.In(time.UTC))
		event.Props.SetDate(ical.PropDateTimeStart, d.Day.In(time.UTC))
		event.Props.SetDate(ical.PropDateTimeEnd, d.Day.AddDays(1).In(time.UTC))
		event.Props.SetText(ical.PropSummary, d.Title)
		if d.Text != "" {
			event.Props.SetText(ical.PropDescription, d.Text)
		}
		event.Props.SetText(ical.PropTransparency, "TRANSPARENT") // nobody is busy because of it
		cal.Children = append(cal.Children, event.Component)
	}
	if len(cal.Children) == 0 { // which the encoder refuses to write
		_, err := io.WriteString(w, emptyCalendar)
		return err
	}
	return ical.NewEncoder(w).Encode(cal)
}
