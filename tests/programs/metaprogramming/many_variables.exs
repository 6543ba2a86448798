# Modules inside of a module whose body has many variables see them, each with its own value.
# The compiler passes them on by the order of a large map, in several processes.
defmodule Outer do
  first_of_many = 1
  second_of_many = 2
  for_all_the_others = 3
  zebra_crossing = 4
  yellow_submarine = 5
  xylophone_player = 6
  wandering_albatross = 7
  violet_evergarden = 8
  umbrella_stand = 9
  tambourine_man = 10
  silver_lining = 11
  rolling_stones = 12
  quicksilver_vein = 13
  paper_aeroplane = 14
  orange_marmalade = 15
  night_and_day_shift = 16
  marble_staircase = 17
  lantern_parade = 18
  kitchen_garden_door = 19
  jasmine_tea_pot = 20
  ivory_tower_clock = 21
  hazelnut_spread = 22
  gravel_road_ahead = 23
  feather_pillow = 24
  evening_primrose = 25
  dandelion_clock = 26
  copper_kettle = 27
  bramble_jelly = 28
  apple_blossom = 29
  thirtieth_thing = 30
  thirty_first_thing = 31
  thirty_second_thing = 32
  thirty_third_thing = 33
  thirty_fourth_thing = 34
  thirty_fifth_thing = 35

  defmodule Inner do
    @seen [
      first_of_many, second_of_many, for_all_the_others, zebra_crossing, yellow_submarine, xylophone_player, wandering_albatross,
      violet_evergarden, umbrella_stand, tambourine_man, silver_lining, rolling_stones, quicksilver_vein, paper_aeroplane,
      orange_marmalade, night_and_day_shift, marble_staircase, lantern_parade, kitchen_garden_door, jasmine_tea_pot,
      ivory_tower_clock, hazelnut_spread, gravel_road_ahead, feather_pillow, evening_primrose, dandelion_clock, copper_kettle,
      bramble_jelly, apple_blossom, thirtieth_thing, thirty_first_thing, thirty_second_thing, thirty_third_thing,
      thirty_fourth_thing, thirty_fifth_thing
    ]
    def seen, do: @seen
  end
end

IO.inspect(Outer.Inner.seen(), limit: :infinity)
