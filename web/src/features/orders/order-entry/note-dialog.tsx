import { type KeyboardEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextArea } from '@/components/ui/text-field';
import { currentCell } from './cursor';

/** As long as a printed line may be. */
const LONGEST = 300;

interface NoteDialogProps {
  number: number;
  note: string;
  onSave: (note: string) => void;
  onClose: () => void;
}

/** What is printed below a line; each row becomes a line of text of the order. */
export function NoteDialog({ number, note, onSave, onClose }: NoteDialogProps) {
  const [text, setText] = useState(note);
  const long = text.split('\n').findIndex((row) => row.trim().length > LONGEST);
  const save = () => (long < 0 ? onSave(text) : undefined);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    save();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      finalFocus={currentCell}
      title={`Note below line ${number}`}
      description="Printed with the order. Ctrl+Enter saves; empty takes it away."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="line-note" kind="primary">
            Save the note
          </Button>
        </>
      }
    >
      {/* The field inside takes the keys. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <form
        id="line-note"
        onKeyDown={onKeyDown}
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          save();
        }}
      >
        <TextArea
          label="Note"
          name="note"
          value={text}
          onValueChange={setText}
          error={long < 0 ? null : `Row ${long + 1} has more than ${LONGEST} characters. Break it in two.`}
        />
      </form>
    </Dialog>
  );
}
