import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Card } from '@/components/detail-frame';
import { Form, useForm } from '@/components/form';
import { NewPasswordField } from '@/components/new-password-field';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/text-field';
import { toast } from '@/components/ui/toast';
import { api } from '@/lib/api';

const EMPTY = { current_password: '', new_password: '' };

/** The password is changed by who knows the present one; other devices are signed out by it. */
export function PasswordCard() {
  const client = useQueryClient();
  const form = useForm(EMPTY);
  const change = useMutation({
    mutationFn: async () => {
      await api.POST('/api/v1/auth/password', { body: form.value });
    },
    onSuccess: () => {
      form.reset(EMPTY);
      toast('Password changed, every other device signed out');
      void client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <Card title="Password">
      <Form onSubmit={() => change.mutate()} error={change.error} label="Change the password">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Present password"
            name="current_password"
            type="password"
            required
            autoComplete="current-password"
            {...form.bind('current_password')}
          />
          <NewPasswordField label="New password" name="new_password" {...form.bind('new_password')} />
        </div>
        <div className="mt-4 flex justify-end">
          <Button type="submit" busy={change.isPending} disabled={!form.dirty}>
            Change the password
          </Button>
        </div>
      </Form>
    </Card>
  );
}
