defmodule Shop.Template do
  require EEx
  EEx.function_from_string(:def, :receipt, """
  Dear <%= order.customer.name %>,
  <%= for {p, n, m} <- order.quote.lines do %>  <%= n %> x <%= String.pad_trailing(p.name, 10) %> <%= m %>
  <% end %>Total <%= order.quote.total %> (<%= order.payment %>)
  """, [:order])
end
